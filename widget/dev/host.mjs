// The page of somebody's blog, on an origin of its own, with the strictest policy a page can have. What it shows is
// chosen by its address: /article?theme=dark&font=serif&dir=rtl&width=…

import { createServer } from "node:http";

const STYLES = {
  plain: "",
  light: `body { margin: 0; background: #fff; color: #1f2328; font: 17px/1.6 system-ui, sans-serif; } a { color: #0b63b0; }`,
  paper: `body { margin: 0; background: #fbf7ef; color: #2b2520; font: 18px/1.65 Georgia, "DejaVu Serif", serif; } a { color: #9a3412; }`,
  dark: `:root { color-scheme: dark; } body { margin: 0; background: #14171c; color: #dfe3e8; font: 17px/1.6 system-ui, sans-serif; } a { color: #7cc4ff; }`,
  green: `body { margin: 0; background: oklch(0.21 0.03 150); color: oklch(0.93 0.02 150); font: 17px/1.6 system-ui, sans-serif; } a { color: oklch(0.8 0.14 150); }`,
};

export async function startHost({ port = 0, api }) {
  const server = createServer((req, res) => {
    const url = new URL(req.url, "http://host");
    const query = url.searchParams;
    const style = STYLES[query.get("style") ?? "light"] ?? "";
    const csp = `default-src 'none'; script-src ${api}; connect-src ${api}; img-src ${api}; style-src 'nonce-page'; require-trusted-types-for 'script'`;
    res.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": csp });
    const data = [...query].filter(([name]) => name.startsWith("data-")).map(([name, value]) => ` ${name}="${value}"`).join("");
    const short = query.has("short");
    res.end(`<!doctype html>
<html lang="en" dir="${query.get("dir") ?? "ltr"}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>What ferns know about the weather</title>
<style nonce="page">${style} main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1.25rem; } h1 { line-height: 1.2; }</style>
<script async src="${api}/embed.js" data-site="${query.get("site") ?? "blog"}"${data}></script>
</head>
<body><main>
<h1>What ferns know about the weather</h1>
<p>For eleven years I have kept a thermometer among the ferns. <a href="/other">It is not always right</a>, and that turned out to be the interesting part.</p>
${short ? "" : "<p>The readings follow the light more than the air, which is why a cloud at noon looks like an evening, and why a lamp at night looks like nothing at all.</p>".repeat(2)}
<div id="afterword"></div>
<footer><p>Footer of the page. <a href="/article">Comments: <afterword-count page="/article">some</afterword-count></a></p></footer>
</main></body></html>`);
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    }),
  };
}
