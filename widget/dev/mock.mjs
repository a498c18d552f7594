// A server of the HTTP contract that keeps everything in memory: what the widget is developed and tested against.
//
//   const mock = await startMock({ port: 0, site: { … } });   mock.url, mock.mails, mock.fail(…), mock.close()
//   const mock = await startMock({ port: null });             no network: mock.fetch stands in for the browser's
//
// It follows the contract where the widget can tell the difference, and no further.

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { routesOf } from "./mock/routes.mjs";
import { makeWorld, refuse } from "./mock/world.mjs";

export { refuse };

const DIST = `${import.meta.dirname}/../dist/`;

export async function startMock({ port = 0, site: given = {}, providers = [], bits = 0, now = Date.now } = {}) {
  const made = makeWorld({ site: given, providers, bits, now });
  const routes = routesOf(made);
  const { site, world, known, account, session, who, threadAt, add } = made;

  async function handle(req, res) {
    const url = new URL(req.url, "http://mock");
    res.setHeader("Access-Control-Allow-Origin", req.headers.origin ?? "*");
    res.setHeader("Access-Control-Allow-Headers", "authorization, content-type, idempotency-key, x-afterword");
    res.setHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
    res.setHeader("Access-Control-Allow-Credentials", "true");
    res.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    if (req.method === "OPTIONS") return void res.writeHead(204).end();
    const file = /^\/(embed\.js)$|^\/widget\/([\w.-]+)$/.exec(url.pathname);
    if (file) return serveFile(res, file[1] ?? file[2]);
    if (url.pathname === "/auth/popup") return popup(res, url.searchParams);
    const api = /^\/api\/v1\/sites\/([^/]+)\/(.*)$/.exec(url.pathname);
    const request = { method: req.method, path: api?.[2] ?? url.pathname, headers: req.headers, credentials: req.credentials };
    world.requests.push(request);
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (text) request.body = JSON.parse(text);
    if (world.delay) await new Promise((done) => setTimeout(done, world.delay));
    const failure = world.failures.find((each) => each.times > 0 && each.method === req.method && each.path.test(api?.[2] ?? ""));
    if (failure) {
      failure.times--;
      if (failure.problem === "drop") return void req.socket.destroy();
      throw failure.problem;
    }
    if (!api || api[1] !== site.key) throw refuse(404, "unknown-site", "there is no such site");
    for (const [method, pattern, answer] of routes) {
      const found = method === req.method && pattern.exec(api[2]);
      if (!found) continue;
      const result = answer({ id: found[1], query: url.searchParams, body: text ? JSON.parse(text) : {}, me: who(req), req, res });
      const [status, json] = Array.isArray(result) ? result : [200, result];
      return void res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(json));
    }
    throw refuse(404, "not-found", "there is nothing here");
  }

  async function serveFile(res, name) {
    const contents = await readFile(DIST + name).catch(() => null);
    if (!contents) return void res.writeHead(404).end();
    res.writeHead(200, { "Content-Type": name.endsWith(".js") ? "text/javascript" : "text/css" }).end(contents);
  }

  /** Signs in as Ada without asking, and hands the code back as the real page would. */
  function popup(res, query) {
    const code = randomBytes(32).toString("base64url");
    const ada = account("ada@example.org", { name: "Ada Lovelace" });
    const provider = known.find(({ id }) => id === query.get("provider"));
    const via = provider ? { kind: "provider", id: provider.id, name: provider.name } : { kind: "password" };
    for (const each of [code, "ABCD2345"]) world.popupCodes.set(each, { account: ada, challenge: query.get("ch"), via });
    const message = JSON.stringify({ v: 1, t: "aw.code", st: query.get("st"), c: code });
    const back = query.get("return_to");
    const script = back
      ? `location.replace(${JSON.stringify(`${back}#afterword-code=${code}.${query.get("st")}`)})`
      : `addEventListener("message", (event) => event.data.t === "aw.ack" && close());
         document.querySelector("button").onclick = () => opener.postMessage(${message}, ${JSON.stringify(query.get("origin"))});`;
    res.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><title>Sign in</title><button>Continue as Ada Lovelace</button><p>ABCD-2345</p><script>${script}</script>`);
  }

  function respond(req, res) {
    handle(req, res).catch((error) => {
      const problem = error.problem ?? { status: 500, slug: "internal", detail: String(error?.stack ?? error), extras: {} };
      const json = { type: `/problems/${problem.slug}`, title: problem.detail, status: problem.status, detail: problem.detail, request_id: "mock", ...problem.extras };
      res.writeHead(problem.status, { "Content-Type": "application/problem+json" }).end(JSON.stringify(json));
    });
  }

  /** The same without a network, for tests that stand in for `fetch`. */
  function fetchHere(input, init = {}) {
    const { pathname, search } = new URL(input);
    return new Promise((resolve, reject) => {
      const headers = Object.fromEntries(Object.entries(init.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
      const req = {
        method: init.method ?? "GET", url: pathname + search, headers, credentials: init.credentials,
        socket: { destroy: () => reject(new TypeError("Failed to fetch")) },
        async *[Symbol.asyncIterator]() {
          if (init.body) yield Buffer.from(init.body);
        },
      };
      const sent = new Headers();
      let status = 200;
      const res = {
        setHeader: (name, value) => sent.set(name, value),
        writeHead(code, more = {}) {
          status = code;
          for (const [name, value] of Object.entries(more)) sent.set(name, value);
          return res;
        },
        end: (body = null) => resolve(new Response(body, { status, headers: sent })),
      };
      respond(req, res);
    });
  }

  const server = createServer(respond);
  if (port !== null) await new Promise((done) => server.listen(port, "127.0.0.1", done));
  const url = port === null ? "https://comments.example/" : `http://127.0.0.1:${server.address().port}/`;

  return {
    url, site, world, account, refuse, fetch: fetchHere,
    mails: world.mails,
    thread: (key) => threadAt(key, true),
    add,
    /** The next `times` requests of this kind go wrong: with a problem, or `"drop"` for no answer at all. */
    fail: (method, path, problem, times = 1) => world.failures.push({ method, path, problem, times }),
    /** Ends all access tokens, as ten minutes would. */
    expire: () => world.access.clear(),
    signIn: (made) => session(made, false),
    close: () => new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    }),
  };
}
