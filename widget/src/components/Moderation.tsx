import { useState } from "preact/hooks";
import type { Comment, Thread, Verdict } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { put } from "../state/merge.ts";
import type { ThreadState } from "../state/thread.ts";
import { countBy, visit } from "../state/visit.ts";
import { addStyles } from "../styles/sheets.ts";
import css from "./Moderation.css";
import { Trouble } from "./Trouble.tsx";

addStyles(css);

/** What can be done to a comment as it stands. */
function verdicts({ state, pinned, parent }: Comment): [Verdict, Parameters<typeof t>[0]][] {
  switch (state) {
    case "pending":
      return [["approve", "approve"], ["spam", "markSpam"], ["remove", "takeDown"]];
    case "spam":
      return [["approve", "approve"], ["remove", "takeDown"]];
    case "removed":
      return [["approve", "restore"]];
    case "published": {
      const pin: [Verdict, Parameters<typeof t>[0]] = pinned ? ["unpin", "unpin"] : ["pin", "pin"];
      return [...(parent === null ? [pin] : []), ["spam", "markSpam"], ["remove", "takeDown"]];
    }
  }
}

/** A moderator's buttons on one comment. */
export function CommentTools({ thread, comment }: { thread: ThreadState; comment: Comment }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const judge = async (verdict: Verdict) => {
    setBusy(true);
    setError(null);
    try {
      const { comment: judged } = await visit(thread).session.as((bearer) =>
        thread.api.send<{ comment: Comment }>("POST", `comments/${comment.id}/moderation`, { verdict }, { bearer }));
      put(thread, judged);
      countBy(thread, Number(judged.state === "published") - Number(comment.state === "published"));
      thread.set({ said: t("done"), focus: { id: comment.id } });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <div class="tools" role="group" aria-label={t("moderate")}>
      {verdicts(comment).map(([verdict, label]) => (
        <button key={verdict} type="button" class={comment.state === "pending" ? "tool strong" : "tool"} disabled={busy} onClick={() => void judge(verdict)}>{t(label as "approve")}</button>
      ))}
      <Trouble error={error} />
    </div>
  );
}

/** A moderator's buttons on the whole thread. */
export function ThreadTools({ thread }: { thread: ThreadState }) {
  const [error, setError] = useState<unknown>(null);
  const { id, closed_at } = thread.thread;
  const closed = closed_at !== null;
  const waiting = thread.talks.flatMap((talk) => talk.comments).filter((comment) => comment.state === "pending").length;
  const close = async () => {
    setError(null);
    try {
      const { thread: now } = await visit(thread).session.as((bearer) =>
        thread.api.send<{ thread: Thread }>("PUT", `threads/${id}/closed`, { closed: !closed }, { bearer }));
      thread.set({ thread: { ...thread.thread, ...now } });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <div class="tools thread-tools" role="group" aria-label={t("moderate")}>
      {waiting > 0 && <span class="hint">{t("waiting", { n: waiting })}</span>}
      <button type="button" class="tool" onClick={() => void close()}>{t(closed ? "reopenThread" : "closeThread")}</button>
      <Trouble error={error} />
    </div>
  );
}
