/** How comments join what is loaded: the next page, more replies, what this reader alone sees, what they just wrote. */

import type { Comment, CommentId, Conversation } from "../api/schema.ts";
import { type Talk, once } from "./talks.ts";
import type { ThreadState } from "./thread.ts";

export function find(thread: ThreadState, id: CommentId): Comment | undefined {
  return thread.all().flatMap((talk) => talk.comments).find((comment) => comment.id === id);
}

/** Adds conversations after those listed. */
export function append(thread: ThreadState, conversations: readonly Conversation[], next: string | null): void {
  const seen = new Set(thread.listed.filter((talk) => !talk.fresh).map((talk) => talk.root));
  const added = once(conversations, seen).map((talk) => overlaid(thread, talk));
  const { linked } = thread;
  thread.set({
    // What began here, or was found by its permalink, has come to its place now.
    listed: [...thread.listed.filter((talk) => !talk.fresh || !seen.has(talk.root)), ...added],
    linked: linked && seen.has(linked.root) ? null : linked,
    next,
  });
  overlay(thread);
}

/** Lays what only this reader sees over all that is loaded. */
export function overlay(thread: ThreadState): void {
  for (const comment of thread.mine.values()) put(thread, comment);
}

export function overlaid(thread: ThreadState, talk: Talk): Talk {
  return join(talk, [...thread.mine.values()].filter((comment) => comment.root === talk.root));
}

/** Puts a comment of this reader's where it belongs, new or changed. */
export function put(thread: ThreadState, comment: Comment): void {
  thread.mine.set(comment.id, comment);
  if (thread.all().some((talk) => talk.root === comment.root)) {
    change(thread, comment.root, (talk) => ({ ...join(talk, [comment]), pinned: comment.parent ? talk.pinned : comment.pinned }));
  } else if (!comment.parent) {
    const talk: Talk = { root: comment.id, pinned: comment.pinned, comments: [comment], after: null, left: 0, fresh: true };
    thread.set({ listed: [...thread.listed, talk] });
  }
  // A reply in a conversation that is not loaded waits in `mine` until it is.
}

export function change(thread: ThreadState, root: CommentId, how: (talk: Talk) => Talk): void {
  const changed = (talk: Talk) => (talk.root === root ? how(talk) : talk);
  thread.set({ listed: thread.listed.map(changed), linked: thread.linked && changed(thread.linked) });
}

/** Adds or replaces comments by id, each in its place in time. */
export function join(talk: Talk, comments: readonly Comment[]): Talk {
  if (comments.length === 0) return talk;
  const byId = new Map(talk.comments.map((comment) => [comment.id, comment]));
  for (const comment of comments) {
    // What only the author is told of a comment outlives a public copy of it.
    const until = byId.get(comment.id)?.editable_until;
    byId.set(comment.id, until ? { editable_until: until, ...comment } : comment);
  }
  // Sorting is stable, so comments of one millisecond keep the order in which they came; the root is always first.
  const place = ({ parent, posted_at }: Comment) => (parent ? Date.parse(posted_at) : 0);
  return { ...talk, comments: [...byId.values()].sort((a, b) => place(a) - place(b)) };
}
