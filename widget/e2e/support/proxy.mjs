/**
 * What stands between browsers and the server: a reverse proxy, with TLS and a path if a test wants them, that can also
 * lose requests and answers as networks do.
 */

import { createServer as plain, request as ask } from "node:http";
import { createServer as secure } from "node:https";

export class Proxy {
  #server;
  #target = null;
  /**
   * Asked before every request: `"drop"` cuts the connection at once, `"lose"` only after the server did its work, `"cut"` in
   * the middle of its answer, `"cookieless"` takes the cookies out of the answer.
   */
  weather = () => "fair";
  origin;

  static async listen({ name = "comments.localhost", certificate = null } = {}) {
    const proxy = new Proxy();
    const pass = (request, response) => proxy.#pass(request, response);
    proxy.#server = certificate ? secure(certificate, pass) : plain(pass);
    await new Promise((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    proxy.origin = `${certificate ? "https" : "http"}://${name}:${proxy.#server.address().port}`;
    return proxy;
  }

  get port() {
    return this.#server.address().port;
  }

  /** From now on requests go to this port. */
  passTo(port) {
    this.#target = port;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(request, response) {
    const weather = this.weather(request);
    if (weather === "drop") {
      request.socket.destroy();
      return;
    }
    const headers = { ...request.headers, "x-forwarded-for": request.socket.remoteAddress, "x-forwarded-proto": this.origin.split(":")[0] };
    const onward = ask({ host: "127.0.0.1", port: this.#target, method: request.method, path: request.url, headers }, (answer) => {
      if (weather === "lose") {
        answer.resume().on("end", () => request.socket.destroy());
        return;
      }
      if (weather === "cut") {
        // The whole length is promised, and half of it sent.
        const length = Number(answer.headers["content-length"]);
        response.writeHead(answer.statusCode, answer.headers);
        answer.on("data", (bytes) => response.write(bytes.subarray(0, length / 2), () => request.socket.destroy()));
        return;
      }
      const { "set-cookie": cookies, ...others } = answer.headers;
      response.writeHead(answer.statusCode, weather === "cookieless" || !cookies ? others : answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
    });
    request.pipe(onward);
  }
}
