// A server of the HTTP contract that keeps everything in memory: what the widget is developed and tested against.
//
//   const mock = await startMock({ port: 0, site: { … } });   mock.url, mock.mails, mock.fail(…), mock.close()
//   const mock = await startMock({ port: null });             no network: mock.fetch stands in for the browser's
//
// It follows the contract where the widget can tell the difference, and no further.

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { parse } from "./markdown.mjs";

const DIST = `${import.meta.dirname}/../dist/`;
const PAGE = 50;
const REPLIES = 100;

export async function startMock({ port = 0, site: given = {}, providers = [], bits = 0, now = Date.now } = {}) {
  const site = {
    key: "blog", name: "The Daily Fern", origins: [], guests: true, likes: true, email_sign_in: true, password_sign_in: true, providers: providers.length > 0, sso: true,
    body_max_chars: 10_000, edit_window_secs: 900, development_until: "2099-01-01T00:00:00.000Z", ...given,
  };
  const world = {
    threads: new Map(), accounts: new Map(), guests: new Map(), mails: [], pendingCodes: new Map(), popupCodes: new Map(),
    access: new Map(), refresh: new Map(), keys: new Map(), failures: [], requests: [], probed: new Set(), delay: 0, nextId: 1, bits,
  };
  const token = (kind) => `${kind}_${randomBytes(32).toString("base64url")}`;
  const s256 = (text) => createHash("sha256").update(text).digest("base64url");

  // — people

  function account(email, facts = {}) {
    const known = [...world.accounts.values()].find((each) => each.email === email);
    if (known) return Object.assign(known, facts);
    const made = { id: randomBytes(8).toString("hex"), email, name: null, role: "none", hue: Math.floor(Math.random() * 360), ...facts };
    world.accounts.set(made.id, made);
    return made;
  }

  const visitorOf = (who) => who.kind === "guest"
    ? { kind: "guest", name: who.guest?.name ?? null }
    : { kind: "member", id: who.account.id, name: who.account.name, role: who.account.role, hue: who.account.hue, via: who.via ?? { kind: "email" } };

  function session(made, cookie, res, via = { kind: "email" }) {
    const access = token("at");
    const refresh = token("rt");
    world.access.set(access, { account: made, via, until: now() + 600_000, family: refresh });
    world.refresh.set(refresh, { account: made, via });
    if (cookie) res.setHeader("Set-Cookie", `aw-rt=${refresh}; Path=/; HttpOnly; SameSite=Lax`);
    return { access, expires_in_secs: 600, ...(cookie ? {} : { refresh }), visitor: visitorOf({ kind: "member", account: made, via }) };
  }

  function who(req) {
    const bearer = /^Bearer (.+)$/.exec(req.headers.authorization ?? "")?.[1];
    if (!bearer) return null;
    if (bearer.startsWith("gt_")) return { kind: "guest", token: bearer, guest: world.guests.get(bearer) ?? null };
    const found = world.access.get(bearer);
    if (!found || found.until < now()) throw refuse(401, "session-ended", "your session has ended: sign in again");
    return { kind: "member", account: found.account, via: found.via };
  }

  const staff = (me) => me?.kind === "member" && ["moderator", "owner"].includes(me.account.role);
  const isMine = (comment, me) => me && (me.kind === "guest" ? comment.by.guest === me.token : comment.by.account === me.account.id);

  // — threads and comments

  function keyOf(page) {
    if (page.startsWith("id:")) return page;
    const { pathname } = new URL(page, "http://x");
    return `path:${pathname.replace(/\/index\.html?$/, "").replace(/\/+$/, "") || "/"}`;
  }

  function threadAt(key, make = false) {
    let found = world.threads.get(key);
    if (!found && make) {
      found = { id: String(world.nextId++), key, url: "", comments: [], closed_at: null, number: 0 };
      world.threads.set(key, found);
    }
    return found;
  }

  const byId = (id) => [...world.threads.values()].flatMap((thread) => thread.comments.map((comment) => ({ thread, comment }))).find(({ comment }) => comment.id === id);
  const isPublic = (comment) => comment.standing === "published" && !comment.removed_by;
  const threadOut = (thread) => ({ id: thread?.id ?? null, url: thread?.url ?? "", count: thread?.comments.filter(isPublic).length ?? 0, closed_at: thread?.closed_at ?? null });

  function out(comment, me) {
    const state = comment.removed_by ? "removed" : comment.standing;
    const visible = isPublic(comment) || (!comment.removed_by && me && (isMine(comment, me) || staff(me)));
    const common = {
      id: comment.id, root: comment.root, parent: comment.parent, depth: comment.depth, number: comment.number,
      posted_at: new Date(comment.place).toISOString(), pinned: comment.pinned ?? false, replies: comment.replies ?? 0,
    };
    if (!visible) return { ...common, state: "removed", author: null, body: null, edited_at: null, likes: 0, removed_by: comment.removed_by ?? "moderator" };
    const { account: accountId, guest, name } = comment.by;
    const member = accountId && world.accounts.get(accountId);
    const author = member
      ? { id: member.id, name: member.name, kind: "member", role: member.role === "none" ? null : member.role, hue: member.hue }
      : { id: null, name, kind: guest ? "guest" : "imported", role: null, hue: hueOf(name) };
    return {
      ...common, state, author, body: comment.body, edited_at: comment.edited_at ?? null, likes: comment.likes.size + (comment.imported ?? 0),
      ...(isMine(comment, me) && { editable_until: new Date(comment.place + site.edit_window_secs * 1000).toISOString() }),
      ...(staff(me) && state === "pending" && { pending_reason: "new-guest" }),
    };
  }

  /** Tombstones only where something public answers them, at any depth. */
  function shown(thread) {
    const needed = new Set();
    const parents = new Map(thread.comments.map((comment) => [comment.id, comment]));
    for (const comment of thread.comments) {
      if (!isPublic(comment)) continue;
      for (let up = comment; up && !needed.has(up.id); up = parents.get(up.parent)) needed.add(up.id);
    }
    return thread.comments.filter((comment) => needed.has(comment.id));
  }

  function conversations(thread) {
    const all = new Map();
    for (const comment of shown(thread)) {
      if (!all.has(comment.root)) all.set(comment.root, []);
      all.get(comment.root).push(comment);
    }
    return [...all.values()];
  }

  function conversationOut(all, limit = REPLIES) {
    const [root] = all;
    const rest = all.slice(limit);
    return {
      root: root.id, pinned: root.pinned ?? false, count: all.filter(isPublic).length, comments: all.slice(0, limit).map((comment) => out(comment)),
      more: rest.length > 0 ? { after: String(limit), count: rest.length } : null,
    };
  }

  function threadPage(query) {
    const thread = threadAt(keyOf(query.get("page")));
    const order = query.get("order") ?? "oldest";
    const score = ([root]) => root.likes.size + (root.imported ?? 0);
    const orders = { oldest: (a, b) => a[0].place - b[0].place, newest: (a, b) => b[0].place - a[0].place, best: (a, b) => score(b) - score(a) || b[0].place - a[0].place };
    const all = thread ? conversations(thread).sort(orders[order]) : [];
    const start = Number(query.get("after") ?? 0);
    const pinned = start === 0 ? all.filter(([root]) => root.pinned) : [];
    const page = all.slice(start, start + PAGE);
    return {
      site, thread: threadOut(thread), order,
      conversations: [...pinned, ...page.filter((each) => !pinned.includes(each))].map((each) => conversationOut(each)),
      next: start + PAGE < all.length ? String(start + PAGE) : null,
    };
  }

  function add(thread, { body, by, parent = null, standing = "published", place, ...facts }) {
    const above = parent && thread.comments.find((comment) => comment.id === parent);
    const last = thread.comments.at(-1)?.place ?? 0;
    const id = randomUUID();
    const comment = {
      id, root: above?.root ?? id, parent, depth: above ? above.depth + 1 : 0, place: place ?? Math.max(now(), last + 1),
      number: standing === "published" ? ++thread.number : null, markdown: body, body: parse(body), by, standing, likes: new Set(), ...facts,
    };
    if (above && standing === "published") above.replies = (above.replies ?? 0) + 1;
    thread.comments.push(comment);
    return comment;
  }

  const challenges = new Set();

  function challenge() {
    const made = randomBytes(24).toString("base64url");
    challenges.add(made);
    return { challenge: made, bits: world.bits };
  }

  /** What a guest wrote becomes the account's; what waited of it is published. */
  function claim(guest, made) {
    const theirs = [...world.threads.values()].flatMap((thread) => thread.comments.map((comment) => ({ thread, comment }))).filter(({ comment }) => comment.by.guest === guest);
    for (const { thread, comment } of theirs) {
      made.name ??= comment.by.name;
      comment.by = { account: made.id };
      comment.standing = "published";
      comment.number ??= ++thread.number;
    }
    return theirs.length;
  }

  // — routes

  const known = providers.map((id) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1), icon: { view_box: 24, path: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z" }, asks_for_server: id === "mastodon" }));

  const routes = [
    ["GET", /^thread$/, ({ query }) => threadPage(query)],
    ["GET", /^replies$/, ({ query }) => {
      const thread = [...world.threads.values()].find((each) => each.id === query.get("thread"));
      const all = conversations(thread).find(([root]) => root.id === query.get("root"));
      const start = Number(query.get("after") ?? 0);
      const rest = all.slice(start + REPLIES);
      return { comments: all.slice(start, start + REPLIES).map((comment) => out(comment)), more: rest.length > 0 ? { after: String(start + REPLIES), count: rest.length } : null };
    }],
    ["GET", /^counts$/, ({ query }) => ({ counts: query.getAll("page").map((page) => threadOut(threadAt(keyOf(page))).count) })],
    ["GET", /^comments\/([^/]+)\/source$/, ({ id, me }) => {
      const { comment } = owned(id, me);
      return { markdown: comment.markdown };
    }],
    ["GET", /^comments\/([^/]+)$/, ({ id }) => {
      const found = byId(id);
      if (!found || !isPublic(found.comment)) throw refuse(404, "unknown-comment", "there is no such comment");
      const all = conversations(found.thread).find(([root]) => root.id === found.comment.root);
      const ancestors = new Set([found.comment.root]);
      for (let up = found.comment; up; up = all.find((comment) => comment.id === up.parent)) ancestors.add(up.id);
      const at = all.indexOf(found.comment);
      const comments = all.filter((comment, nth) => ancestors.has(comment.id) || (nth > at && nth < at + 20));
      return { thread: threadOut(found.thread), conversation: { ...conversationOut(all), comments: comments.map((comment) => out(comment)), more: null } };
    }],
    ["GET", /^mine$/, ({ query, me }) => {
      need(me);
      const all = threadAt(keyOf(query.get("page")))?.comments ?? [];
      const recent = (comment) => isMine(comment, me) && !comment.removed_by && (comment.standing !== "published" || now() - comment.place < 600_000);
      return {
        visitor: visitorOf(me),
        liked: me.kind === "member" ? all.filter((comment) => comment.likes.has(me.account.id)).map(({ id }) => id) : [],
        comments: all.filter(recent).map((comment) => out(comment, me)),
        ...(staff(me) && { pending: all.filter((comment) => comment.standing === "pending" && !comment.removed_by).map((comment) => out(comment, me)) }),
      };
    }],
    ["POST", /^comments$/, ({ me, body, req }) => {
      need(me);
      const key = req.headers["idempotency-key"];
      const before = key && world.keys.get(key);
      if (before) return { comment: out(before, me), visitor: visitorOf(me) };
      const thread = threadAt(keyOf(body.page.id ? `id:${body.page.id}` : body.page.url), true);
      thread.url ||= body.page.url;
      if (thread.closed_at) throw refuse(409, "thread-closed", "comments are closed on this page; you can still read them");
      if (me.kind === "member" && !me.account.name) throw refuse(403, "name-needed", "tell us your name first");
      const proof = body.guest?.proof;
      const solved = () => createHash("sha256").update(`${proof.challenge}:${proof.nonce}`).digest().readUInt32BE() >>> (32 - world.bits) === 0;
      if (me.kind === "guest" && world.bits > 0 && !(proof && challenges.delete(proof.challenge) && solved())) {
        throw refuse(403, "proof-needed", "your browser has to do a little work first", challenge());
      }
      if (!body.body.trim()) throw refuse(422, "empty-body", "the comment is empty: write something first");
      const by = me.kind === "guest" ? { guest: me.token, name: body.guest.name } : { account: me.account.id };
      if (me.kind === "guest") {
        world.guests.set(me.token, { ...world.guests.get(me.token), name: body.guest.name });
        me.guest = world.guests.get(me.token);
      }
      const same = thread.comments.find((comment) => isMine(comment, me) && comment.markdown === body.body && comment.parent === (body.parent ?? null));
      if (same) throw refuse(409, "duplicate", "you already said this here", { earlier: same.id });
      const standing = me.kind === "guest" && !me.guest?.approved ? "pending" : "published";
      const comment = add(thread, { body: body.body, by, parent: body.parent ?? null, standing });
      if (key) world.keys.set(key, comment);
      return [201, { comment: out(comment, me), visitor: visitorOf(me) }];
    }],
    ["PATCH", /^comments\/([^/]+)$/, ({ id, me, body }) => {
      const { comment } = owned(id, me);
      Object.assign(comment, { markdown: body.body, body: parse(body.body), edited_at: new Date(now()).toISOString() });
      return { comment: out(comment, me) };
    }],
    ["DELETE", /^comments\/([^/]+)$/, ({ id, me }) => {
      const { comment } = owned(id, me);
      comment.removed_by = "author";
      return { comment: out(comment, me) };
    }],
    ["PUT", /^comments\/([^/]+)\/like$/, (context) => like(context, true)],
    ["DELETE", /^comments\/([^/]+)\/like$/, (context) => like(context, false)],
    ["POST", /^comments\/([^/]+)\/moderation$/, ({ id, me, body }) => {
      if (!staff(me)) throw refuse(403, "not-allowed", "this is not for you: it needs another role");
      const { comment, thread } = byId(id);
      const verdicts = {
        approve: () => {
          comment.standing = "published";
          comment.removed_by = undefined;
          comment.number ??= ++thread.number;
          if (comment.by.guest) world.guests.set(comment.by.guest, { ...world.guests.get(comment.by.guest), approved: true });
        },
        spam: () => (comment.standing = "spam"),
        remove: () => (comment.removed_by = "moderator"),
        pin: () => (comment.pinned = true),
        unpin: () => (comment.pinned = false),
      };
      verdicts[body.verdict]();
      return { comment: out(comment, me) };
    }],
    ["PUT", /^threads\/([^/]+)\/closed$/, ({ id, me, body }) => {
      if (!staff(me)) throw refuse(403, "not-allowed", "this is not for you: it needs another role");
      const thread = [...world.threads.values()].find((each) => each.id === id);
      thread.closed_at = body.closed ? new Date(now()).toISOString() : null;
      return { thread: threadOut(thread) };
    }],
    ["POST", /^preview$/, ({ body }) => ({ body: parse(body.body) })],
    ["PUT", /^me\/name$/, ({ me, body }) => {
      need(me);
      me.account.name = body.name;
      return { visitor: visitorOf(me) };
    }],
    ["POST", /^auth\/email$/, ({ body }) => {
      const code = String(100_000 + Math.floor(Math.random() * 900_000));
      world.pendingCodes.set(body.challenge, { email: body.email, code, tries: 5 });
      world.mails.push({ to: body.email, code });
      return [202, { expires_in_secs: 600, resend_after_secs: 30 }];
    }],
    ["POST", /^auth\/email\/code$/, ({ body, res }) => {
      const pending = world.pendingCodes.get(s256(body.verifier));
      if (!pending || pending.tries === 0) throw refuse(410, "code-gone", "that code has expired or was used: ask for a new one");
      if (pending.code !== body.code) throw refuse(403, "wrong-code", `that code is not right: ${--pending.tries} tries left`, { tries_left: pending.tries });
      world.pendingCodes.delete(s256(body.verifier));
      const made = account(pending.email);
      const claimed = body.guest && claim(body.guest, made);
      return { ...session(made, body.cookie, res), ...(body.guest && { claimed }) };
    }],
    ["GET", /^providers$/, () => ({ providers: known })],
    ["POST", /^guests\/proof$/, () => challenge()],
    ["POST", /^auth\/sso$/, ({ body, res }) => {
      const { sub, name, jti } = JSON.parse(Buffer.from(body.token.split(".")[1], "base64url").toString());
      if (world.keys.has(jti)) throw refuse(403, "sso-refused", "this token was used before");
      if (jti) world.keys.set(jti, true);
      return session(account(`sso:${sub}`, { name }), body.cookie, res, { kind: "sso", name: site.name });
    }],
    ["POST", /^auth\/probe$/, () => ({ partitioned: false })],
    ["POST", /^auth\/exchange$/, ({ body, res }) => {
      const found = world.popupCodes.get(body.code ?? body.pasted);
      if (!found || found.challenge !== s256(body.verifier)) throw refuse(410, "code-gone", "that code has expired or was used: ask for a new one");
      world.popupCodes.clear();
      return session(found.account, body.cookie, res, found.via);
    }],
    ["POST", /^auth\/refresh$/, ({ body, req }) => {
      const refresh = body.refresh ?? /aw-rt=([^;]+)/.exec(req.headers.cookie ?? "")?.[1];
      const found = world.refresh.get(refresh);
      if (!found) throw refuse(401, "session-ended", "your session has ended: sign in again");
      const access = token("at");
      world.access.set(access, { ...found, until: now() + 600_000, family: refresh });
      return { access, expires_in_secs: 600, visitor: visitorOf({ kind: "member", ...found }) };
    }],
    ["POST", /^auth\/logout$/, ({ body }) => {
      world.refresh.delete(body.refresh);
      for (const [access, { family }] of world.access) if (family === body.refresh) world.access.delete(access);
      return {};
    }],
  ];

  function need(me) {
    if (!me) throw refuse(401, "sign-in-needed", "sign in first");
  }

  function owned(id, me) {
    need(me);
    const found = byId(id);
    if (!found || !(isMine(found.comment, me) || staff(me))) throw refuse(404, "unknown-comment", "there is no such comment");
    return found;
  }

  function like({ id, me }, liked) {
    if (me?.kind !== "member") throw refuse(401, "sign-in-needed", "sign in first");
    const { comment } = byId(id) ?? {};
    if (!comment) throw refuse(404, "unknown-comment", "there is no such comment");
    if (liked) comment.likes.add(me.account.id);
    else comment.likes.delete(me.account.id);
    return { likes: comment.likes.size + (comment.imported ?? 0), liked };
  }

  // — HTTP

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

const hueOf = (name) => [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);

/** A problem to throw. */
export function refuse(status, slug, detail, extras = {}) {
  return Object.assign(new Error(slug), { problem: { status, slug, detail, extras } });
}
