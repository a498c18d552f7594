/**
 * Comments that wait for approval: this browser keeps which, so that their author is told when they are public.
 *
 * Invariant: it is told once, and only to whom it was who waited. Of what was removed, nobody is told.
 */

import type { Around, CommentId } from "../api/schema.ts";
import { find, put } from "./merge.ts";
import type { Session } from "./session.ts";
import type { ThreadState } from "./thread.ts";

type Waiting = { who: string; ids: readonly CommentId[] };

/** `all`: these wait and no others, so that what waited before has been decided on; `more`: these too; `none`: not these. */
export type Which = "all" | "more" | "none";

export async function wait(thread: ThreadState, session: Session, ids: readonly CommentId[], which: Which): Promise<void> {
  const { visitor, keeps } = session;
  const key = `waiting/${thread.name}`;
  const who = visitor?.kind === "member" ? visitor.id : "guest";
  const kept = keeps.read<Waiting>(key);
  const before = kept?.who === who ? kept.ids : [];
  const others = before.filter((id) => !ids.includes(id));
  const now = which === "all" ? ids : which === "more" ? [...before, ...ids] : others;
  if (now.length > 0) keeps.write(key, { who, ids: now } satisfies Waiting);
  else keeps.remove(key);
  if (which !== "all") return;
  for (const id of others) {
    try {
      // The thread as it was loaded may be a moment older than that.
      if (find(thread, id)?.state !== "published") {
        const { conversation } = await thread.api.get<Around>(`comments/${id}`);
        for (const comment of conversation.comments) if (comment.id === id) put(thread, comment);
      }
      const { reader } = thread;
      thread.set({ reader: { ...reader, approved: [...reader.approved, id] } });
    } catch {
      // Removed, or the server is away: there is nothing to be glad of.
    }
  }
}
