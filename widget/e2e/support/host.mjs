/**
 * The web site that embeds the comments: pages on an origin of their own, with whatever headers and oddities a test
 * needs. It holds the public script tag and nothing else of ours.
 */

import { createServer as plain } from "node:http";
import { createServer as secure } from "node:https";

export class Host {
  #server;
  #pages = new Map();
  origin;

  /** `name` resolves to this machine in every browser if it ends in `.localhost`. */
  static async listen({ name = "blog.localhost", certificate = null } = {}) {
    const host = new Host();
    const answer = (request, response) => host.#answer(request, response);
    host.#server = certificate ? secure(certificate, answer) : plain(answer);
    await new Promise((resolve) => host.#server.listen(0, "127.0.0.1", resolve));
    host.origin = `${certificate ? "https" : "http"}://${name}:${host.#server.address().port}`;
    return host;
  }

  get port() {
    return this.#server.address().port;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Serves `html` at `path`; `headers` are the page's own. */
  page(path, html, headers = {}) {
    this.#pages.set(path, { html, headers });
    return this.origin + path;
  }

  /**
   * An article with comments under it. `tag` are more attributes of the script tag, `above` and `below` stand around the
   * comments' place, `head` in the head, `root` are attributes of `<html>`.
   */
  article(path, base, { title = "An article", site = "blog", tag = "", head = "", root = 'lang="en"', above = prose(3), below = "", place = '<div id="afterword"></div>', headers = {} } = {}) {
    const html = `<!doctype html>
<html ${root}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${head}
</head>
<body>
<main>
<h1>${title}</h1>
${above}
<script async src="${base}/embed.js" data-site="${site}" ${tag}></script>
${place}
${below}
</main>
</body>
</html>`;
    return this.page(path, html, headers);
  }

  #answer(request, response) {
    const path = request.url.split("?")[0];
    const page = this.#pages.get(path);
    if (!page) {
      response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache", ...page.headers }).end(page.html);
  }
}

/** Some paragraphs, so that a page looks and scrolls like one. */
export const prose = (paragraphs) =>
  "<p>The tide tables were printed in the harbour office every December, and by January everybody had a copy.</p>\n".repeat(paragraphs);
