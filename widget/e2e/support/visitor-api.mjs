/** Comments that are there before a test begins: written through the public interface, as any page's widget does. */

import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";

/** Somebody who writes without a browser. `mailbox` is where codes arrive. */
export class Visitor {
  #bearer = null;
  #guest = null;
  #where;

  constructor({ server, site = "blog", origin }) {
    this.#where = { port: server.port, root: `${new URL(server.base).pathname.replace(/\/$/, "")}/api/v1/sites/${site}`, origin, host: new URL(server.base).host };
  }

  async signIn(mailbox, email, name) {
    const verifier = randomBytes(32).toString("base64url");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    await this.send("POST", "/auth/email", { email, challenge });
    const { access } = await this.send("POST", "/auth/email/code", { verifier, code: await mailbox.codeFor(email) });
    this.#bearer = access;
    await this.send("PUT", "/me/name", { name });
    return this;
  }

  asGuest(name) {
    this.#bearer = `gt_${randomBytes(32).toString("base64url")}`;
    this.#guest = { name };
    return this;
  }

  /** Posts under the page with this path, and gives the comment. */
  async post(path, body, { parent = null, title = "An article" } = {}) {
    const page = { url: this.#where.origin + path, title };
    const guest = this.#guest && { ...this.#guest, proof: await this.#work(page) };
    const sent = { page, body, ...(parent && { parent: parent.id }), ...(guest && { guest }) };
    return (await this.send("POST", "/comments", sent)).comment;
  }

  /** What a guest's browser works out before a comment is taken. */
  async #work(page) {
    const { challenge, bits } = await this.send("POST", "/guests/proof", { page });
    const isDone = (nonce) => bits === 0 || createHash("sha256").update(`${challenge}:${nonce}`).digest().readUInt32BE() >>> (32 - bits) === 0;
    let nonce = 0;
    while (!isDone(nonce)) nonce += 1;
    return { challenge, nonce: String(nonce) };
  }

  like(comment) {
    return this.send("PUT", `/comments/${comment.id}/like`);
  }

  get(path) {
    return this.send("GET", path);
  }

  /** `fetch` may not say which origin it is; this may. */
  async send(method, path, body) {
    const { port, root, origin, host } = this.#where;
    const headers = { host, origin, "x-afterword": "1", ...(body && { "content-type": "application/json" }), ...(this.#bearer && { authorization: `Bearer ${this.#bearer}` }) };
    const [status, text] = await new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, method, path: root + path, headers, agent: false }, (answer) => {
        let received = "";
        answer.setEncoding("utf8").on("data", (chunk) => (received += chunk));
        answer.on("end", () => resolve([answer.statusCode, received])).on("error", reject);
      });
      asked.on("error", reject).end(body && JSON.stringify(body));
    });
    if (status >= 300) throw new Error(`${method} ${path} was answered with ${status}: ${text}`);
    return JSON.parse(text);
  }
}
