/**
 * Somewhere else where people have accounts: speaks as GitHub does, with a page on which somebody allows or cancels, and
 * whatever it is told to do wrong.
 */

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

export class Provider {
  #server;
  #codes = new Map();
  origin;
  /** Who is signed in there. */
  person = { id: 4711, login: "wren", name: "Wren Elsewhere", email: "wren@elsewhere.example", verified: true };
  /** Headers of its page: `Cross-Origin-Opener-Policy` cuts the window off. */
  headers = {};
  /** Answers the server with this status instead of a token. */
  broken = null;

  static async listen() {
    const provider = new Provider();
    provider.#server = createServer((request, response) => void provider.#answer(request, response));
    await new Promise((resolve) => provider.#server.listen(0, "127.0.0.1", resolve));
    provider.origin = `http://127.0.0.1:${provider.#server.address().port}`;
    return provider;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The settings that offer it under these names, each an account of its own kind. */
  settings(...names) {
    const of = (name) => ({
      [`providers.${name}.kind`]: "github",
      [`providers.${name}.name`]: name.charAt(0).toUpperCase() + name.slice(1),
      [`providers.${name}.client_id`]: "afterword",
      [`providers.${name}.client_secret`]: "kept between us two",
      [`providers.${name}.base_url`]: this.origin,
    });
    return Object.assign({}, ...names.map(of));
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.origin);
    const json = (value, status = 200) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    for await (const _ of request); // What was sent is not looked at: the server's own tests do that.
    switch (url.pathname) {
      case "/login/oauth/authorize": {
        const code = randomBytes(16).toString("hex");
        this.#codes.set(code, this.person);
        const back = (query) => `${url.searchParams.get("redirect_uri")}?${new URLSearchParams({ ...query, state: url.searchParams.get("state") })}`.replaceAll("&", "&amp;");
        return response.writeHead(200, { "content-type": "text/html", ...this.headers }).end(
          `<!doctype html><html lang="en"><title>Elsewhere</title><link rel="icon" href="data:,"><h1>Elsewhere</h1>
           <p><a href="${back({ code })}">Allow</a> <a href="${back({ error: "access_denied" })}">Cancel</a></p>`);
      }
      case "/login/oauth/access_token":
        return this.broken ? json({ error: "trouble" }, this.broken) : json({ access_token: "of no interest", token_type: "bearer", scope: "read:user,user:email" });
      case "/api/v3/user":
        return json({ id: this.person.id, login: this.person.login, name: this.person.name });
      case "/api/v3/user/emails":
        return json(this.person.email ? [{ email: this.person.email, primary: true, verified: this.person.verified }] : []);
      default:
        return response.writeHead(404).end();
    }
  }
}
