/**
 * A visitor in a thread: everything that asks who they are. Each method is one thing a person can do; what changes
 * on the page goes through the `ThreadState`.
 */

import "./later.ts";
import { isProblem } from "../api/problem.ts";
import type { Comment, Mine, Solution, Visitor } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { fetchChunk } from "./chunks.ts";
import { pageQuery } from "./page.ts";
import { randomToken } from "./proof.ts";
import { type Session, sessionOf } from "./session.ts";
import { change, find, join, put } from "./merge.ts";
import type { Talk } from "./talks.ts";
import type { Work } from "./work.ts";
import type { Which } from "./waiting.ts";
import { NOBODY, type ThreadState } from "./thread.ts";

/** A token of the site's that says who is reading, or a function that gets one. */
export type Sso = string | (() => unknown);

/** A window that comes to the front says so in two ways. */
const LOOK_MS = 1000;

export class Visit {
  readonly session: Session;
  #signedIn = false;
  #asked = 0;
  #work: Work | null = null;

  constructor(readonly thread: ThreadState) {
    this.session = sessionOf(thread.api);
    this.session.watch(() => void this.#sessionChanged());
  }

  /** Somebody whom this browser or the site knows opens the thread. */
  async arrive(returned: string | null, sso: Sso | null): Promise<void> {
    if (returned) await this.#redeem(returned);
    else if (sso !== null) await fetchChunk("sso").then((chunk) => chunk.signInBySite(this.thread, this.session, sso)).catch(() => {});
    await this.refresh();
  }

  /**
   * Asks again when somebody looks at the page again. No stream of events says what happened meanwhile: that the session
   * was ended in another browser, that what waited was approved.
   */
  async look(): Promise<void> {
    if (Date.now() - this.#asked > LOOK_MS) await this.refresh();
  }

  /** Asks what concerns this visitor, and lays it over the thread. */
  async refresh(): Promise<void> {
    if (!this.session.isMember && !this.session.guest) return;
    this.#asked = Date.now();
    try {
      const mine = await this.session.as((bearer) => {
        if (bearer === null) throw new Error("nobody is signed in");
        return this.thread.api.get<Mine>("mine", pageQuery(this.thread.page), { bearer });
      });
      this.session.visitor = mine.visitor;
      this.#signedIn = mine.visitor.kind === "member";
      const { reader } = this.thread;
      const own = new Set([...reader.own, ...mine.comments.map((comment) => comment.id)]);
      this.thread.set({ reader: { ...reader, visitor: mine.visitor, liked: new Set(mine.liked), own } });
      for (const comment of [...mine.comments, ...(mine.pending ?? [])]) put(this.thread, comment);
      this.#waits(mine.comments, "all");
    } catch {
      // The thread can be read without it; the next deed says what is wrong.
    }
  }

  /** Posts a comment. The same `key` for the same attempt, so that a repeat after a lost answer posts nothing twice. */
  async post(body: string, parent: string | null, key: string): Promise<Comment> {
    const { api, page } = this.thread;
    const answer = await this.session.as((bearer) => {
      const send = (guest?: object) =>
        api.send<{ comment: Comment; visitor: Visitor }>("POST", "comments", { page, body, ...(parent && { parent }), ...(guest && { guest }) }, { bearer, headers: { "Idempotency-Key": key } });
      const { guest } = this.session;
      if (!guest || !bearer?.startsWith("gt_")) return send();
      const { name, email } = guest;
      return this.#worked((proof) => send({ name, ...(email && { email }), ...(proof && { proof }) }));
    });
    const { comment, visitor } = answer;
    this.session.visitor = visitor;
    const { reader } = this.thread;
    this.thread.set({ reader: { ...reader, visitor, own: new Set(reader.own).add(comment.id) } });
    put(this.thread, comment);
    if (comment.state === "published") countBy(this.thread, 1);
    else this.#waits([comment], "more");
    this.thread.set({ focus: { id: comment.id } });
    this.thread.emit("posted", { id: comment.id, number: comment.number, state: comment.state });
    return comment;
  }

  /** Begins the work that a guest's comment needs, while they still type. */
  work(): void {
    this.#worker().then((work) => work.begin(), () => {});
  }

  /** Nobody needs it any more. */
  rest(): void {
    this.#work?.stop();
  }

  async #worker(): Promise<Work> {
    const { Work: Made } = await fetchChunk("work");
    return (this.#work ??= new Made(this.thread));
  }

  /** Sends with the proof of that work; once more, with more of it, if the server asks for that. */
  async #worked<T>(send: (proof: Solution | null) => Promise<T>): Promise<T> {
    const work = await this.#worker();
    let proof = await work.begin();
    for (let left = 2; ; left--) {
      try {
        const answer = await send(proof);
        work.stop();
        return answer;
      } catch (error) {
        if (!isProblem(error, "proof-needed") || !left) throw error;
        const { challenge = "", bits = 0 } = error.extras;
        proof = await work.again({ challenge, bits });
      }
    }
  }

  async edit(comment: Comment, body: string): Promise<void> {
    const { comment: edited } = await this.session.as((bearer) =>
      this.thread.api.send<{ comment: Comment }>("PATCH", `comments/${comment.id}`, { body }, { bearer }));
    put(this.thread, edited);
    this.thread.set({ focus: { id: comment.id } });
  }

  async remove(comment: Comment): Promise<void> {
    const { comment: removed } = await this.session.as((bearer) =>
      this.thread.api.send<{ comment: Comment }>("DELETE", `comments/${comment.id}`, undefined, { bearer }));
    takeOut(this.thread, removed);
    this.#waits([comment], "none");
    if (comment.state === "published") countBy(this.thread, -1);
  }

  async source(comment: Comment): Promise<string> {
    const { markdown } = await this.session.as((bearer) =>
      this.thread.api.get<{ markdown: string }>(`comments/${comment.id}/source`, {}, { bearer }));
    return markdown;
  }

  /** Likes a comment or takes it back: shown at once, undone if the server says no, kept for after signing in. */
  async like(comment: Comment): Promise<void> {
    const { thread } = this;
    if (!this.session.isMember) {
      thread.ask({ at: comment.id, what: "sign-in", after: () => void this.like(find(thread, comment.id) ?? comment) });
      return;
    }
    const before = find(thread, comment.id) ?? comment;
    const liked = !thread.reader.liked.has(comment.id);
    this.#showLike(before, liked, before.likes + (liked ? 1 : -1));
    try {
      const answer = await this.session.as((bearer) =>
        thread.api.send<{ likes: number; liked: boolean }>(liked ? "PUT" : "DELETE", `comments/${comment.id}/like`, undefined, { bearer }));
      this.#showLike(find(thread, comment.id) ?? before, answer.liked, answer.likes);
    } catch (error) {
      this.#showLike(before, !liked, before.likes);
      if (isProblem(error, "sign-in-needed", "session-ended")) return this.like(before);
      thread.say(isProblem(error, "too-fast") ? t("likeTooFast") : t("likeFailed"));
    }
  }

  async setName(name: string): Promise<void> {
    const { visitor } = await this.session.as((bearer) =>
      this.thread.api.send<{ visitor: Visitor }>("PUT", "me/name", { name }, { bearer }));
    this.session.setVisitor(visitor);
    this.thread.set({ reader: { ...this.thread.reader, visitor } });
  }

  async signOut(everywhere: boolean): Promise<void> {
    try {
      await this.session.signOut(everywhere);
    } catch {
      this.thread.say(t("signOutFailed"));
    }
  }

  /** Which comments of theirs wait for approval; whoever waited is told when that is over. */
  #waits(comments: readonly Comment[], which: Which): void {
    const ids = comments.filter(({ state }) => state !== "published").map(({ id }) => id);
    if (ids.length === 0 && !this.session.keeps.read(`waiting/${this.thread.name}`)) return;
    fetchChunk("waiting").then((chunk) => chunk.wait(this.thread, this.session, ids, which), () => {});
  }

  #showLike(comment: Comment, liked: boolean, likes: number): void {
    const all = new Set(this.thread.reader.liked);
    if (liked) all.add(comment.id);
    else all.delete(comment.id);
    this.thread.set({ reader: { ...this.thread.reader, liked: all } });
    put(this.thread, { ...comment, likes: Math.max(0, likes) });
  }

  async #sessionChanged(): Promise<void> {
    const signedIn = this.session.isMember;
    if (signedIn === this.#signedIn) return;
    this.#signedIn = signedIn;
    if (signedIn) {
      await this.refresh();
      this.thread.emit("signed-in", { name: this.session.visitor?.name ?? null });
    } else {
      forget(this.thread);
      this.thread.emit("signed-out", null);
      await this.refresh();
    }
  }

  async #redeem(returned: string): Promise<void> {
    const { redeemReturned } = await fetchChunk("ways");
    await redeemReturned(this.session, returned).catch(() => this.thread.say(t("signInFailed")));
    const { visitor } = this.session;
    if (visitor?.kind === "member" && !visitor.name) this.thread.ask({ at: "top", what: "sign-in" });
  }
}

const visits = new WeakMap<ThreadState, Visit>();

export function visit(thread: ThreadState): Visit {
  const known = visits.get(thread) ?? new Visit(thread);
  visits.set(thread, known);
  return known;
}

/** Counts what a write changed, until the server is asked again. */
export function countBy(thread: ThreadState, by: number): void {
  thread.set({ thread: { ...thread.thread, count: Math.max(0, thread.thread.count + by) } });
}

/** Takes a comment out: as a tombstone if something shown answers it, altogether otherwise. */
function takeOut(thread: ThreadState, removed: Comment): void {
  const before = thread.talks.flatMap((talk) => talk.comments);
  const answered = (talk: Talk) =>
    talk.comments.some((comment) => comment.parent === removed.id && comment.state !== "removed") || (talk.left > 0 && !removed.parent);
  thread.mine.delete(removed.id);
  change(thread, removed.root, (talk) => (answered(talk) ? join(talk, [removed]) : without(talk, ({ id }) => id === removed.id)));
  thread.set({ listed: thread.listed.filter((talk) => talk.comments.length > 0), asking: null });
  const at = before.findIndex(({ id }) => id === removed.id);
  const near = [...before.slice(at), ...before.slice(0, at).toReversed()].find(({ id }) => find(thread, id));
  thread.set({ focus: near ? { id: near.id } : null });
}

/** Nobody is signed in any more: what only they could see goes. */
function forget(thread: ThreadState): void {
  const hidden = ({ id, state }: Comment) => thread.mine.has(id) && (state === "pending" || state === "spam");
  const listed = thread.listed.map((talk) => without(talk, hidden)).filter((talk) => talk.comments.length > 0);
  thread.set({ listed, reader: NOBODY, asking: null });
  thread.mine.clear();
}

const without = (talk: Talk, gone: (comment: Comment) => boolean): Talk =>
  ({ ...talk, comments: talk.comments.filter((comment) => !gone(comment)) });

/** Names one attempt to write. */
export const newKey = (): string => randomToken(16);
