/** The routes of the mock server: method, path below the site, and what they answer. */

import { createHash } from "node:crypto";
import { parse } from "../markdown.mjs";
import { REPLIES, refuse } from "./world.mjs";

export function routesOf(made) {
  const { site, world, known, now, token, s256, account, visitorOf, session, staff, isMine, keyOf, threadAt, byId, isPublic, threadOut, out, conversations, conversationOut, threadPage, add, challenges, challenge, claim } = made;

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

  return [
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
}
