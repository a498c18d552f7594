/**
 * Comments that wait for approval: this browser keeps which, so that their author is told when they are public.
 *
 * Invariant: it is told once, and only to whom it was who waited. Of what was removed, nobody is told.
 */

import type { Around, CommentId } from "../api/schema.ts";
import { put } from "./merge.ts";
import type { Session } from "./session.ts";
import type { ThreadState } from "./thread.ts";

type Waiting = { who: string; ids: readonly CommentId[] };

/** These wait; `all`: and no others of theirs on this page, so that those known to wait before have been decided on. */
export async function wait(thread: ThreadState, session: Session, ids: readonly CommentId[], all: boolean): Promise<void> {
  const { visitor, keeps } = session;
  const key = `waiting/${thread.name}`;
  const who = visitor?.kind === "member" ? visitor.id : "guest";
  const kept = keeps.read<Waiting>(key);
  const before = kept?.who === who ? kept.ids : [];
  const now = all ? ids : [...before, ...ids];
  if (now.length > 0) keeps.write(key, { who, ids: now } satisfies Waiting);
  else keeps.remove(key);
  for (const id of before.filter((each) => !now.includes(each))) {
    try {
      const { conversation } = await thread.api.get<Around>(`comments/${id}`);
      for (const comment of conversation.comments) if (comment.id === id) put(thread, comment);
      const { reader } = thread;
      thread.set({ reader: { ...reader, approved: [...reader.approved, id] } });
    } catch {
      // Removed, or the server is away: there is nothing to be glad of.
    }
  }
}
