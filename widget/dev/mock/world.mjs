/** What the mock server knows: people, threads, comments; and what everybody sees of them. */

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { parse } from "../markdown.mjs";

const PAGE = 50;
export const REPLIES = 100;

export function makeWorld({ site: given, providers, bits, now }) {
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

  const known = providers.map((id) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1), icon: { view_box: 24, path: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z" }, asks_for_server: id === "mastodon" }));

  return {
    site, world, known, now, token, s256, account, visitorOf, session, who, staff, isMine, keyOf, threadAt, byId, isPublic, threadOut, out,
    conversations, conversationOut, threadPage, add, challenges, challenge, claim,
  };
}

const hueOf = (name) => [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
/** A problem to throw. */
export function refuse(status, slug, detail, extras = {}) {
  return Object.assign(new Error(slug), { problem: { status, slug, detail, extras } });
}
