/**
 * The conversations of a thread that are loaded.
 *
 * Invariant: values, never changed in place: what did not change is the same object, so that it need not be drawn again.
 */

import type { Comment, CommentId, Conversation } from "../api/schema.ts";

/** A conversation as far as it is loaded. */
export type Talk = {
  root: CommentId;
  pinned: boolean;
  comments: readonly Comment[];
  /** Where the next replies begin: a cursor, `""` for the beginning, `null` if all are here. */
  after: string | null;
  /** How many more there are. */
  left: number;
  /** Begun in this browser just now, so that the server's order does not place it yet. */
  fresh: boolean;
};

export function talkOf({ root, pinned, comments, more }: Conversation): Talk {
  return { root, pinned, comments, after: more ? more.after : null, left: more ? more.count : 0, fresh: false };
}

/** Pinned conversations stand on top of the first page and may come again in their place: the first one counts. */
export function once(conversations: readonly Conversation[], seen = new Set<CommentId>()): Talk[] {
  return conversations.filter(({ root }) => !seen.has(root) && seen.add(root)).map(talkOf);
}
