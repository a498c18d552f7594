import type { Comment, Thread, Verdict } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { put } from "../state/merge.ts";
import type { ThreadState } from "../state/thread.ts";
import { countBy, visit } from "../state/visit.ts";
import { addStyles } from "../styles/sheets.ts";
import css from "./Moderation.css";
import { Trouble } from "./Trouble.tsx";
import { useAttempt } from "./useAttempt.ts";

addStyles(css);

type Choice = [verdict: Verdict, label: "approve" | "markSpam" | "takeDown" | "restore" | "pin" | "unpin"];

/** What can be done to a comment as it stands. One's own is removed as one's own. */
function choicesFor({ state, pinned, parent, removed_by }: Comment, own: boolean): Choice[] {
  switch (state) {
    case "pending":
      return [["approve", "approve"], ["spam", "markSpam"], ["remove", "takeDown"]];
    case "spam":
      return [["approve", "approve"], ["remove", "takeDown"]];
    case "removed":
      // What its author took away stays away.
      return removed_by === "moderator" ? [["approve", "restore"]] : [];
    case "published": {
      const pin: Choice[] = parent === null ? [pinned ? ["unpin", "unpin"] : ["pin", "pin"]] : [];
      return own ? pin : [...pin, ["spam", "markSpam"], ["remove", "takeDown"]];
    }
  }
}

/** A moderator's buttons on one comment. */
export function CommentTools({ thread, comment, own }: { thread: ThreadState; comment: Comment; own: boolean }) {
  const { busy, error, attempt } = useAttempt();
  const judge = (verdict: Verdict) => attempt(async () => {
      const { comment: judged } = await visit(thread).session.as((bearer) =>
        thread.api.send<{ comment: Comment }>("POST", `comments/${comment.id}/moderation`, { verdict }, { bearer }));
      put(thread, judged);
      countBy(thread, Number(judged.state === "published") - Number(comment.state === "published"));
      thread.set({ said: t("done"), focus: { id: comment.id } });
  });
  const choices = choicesFor(comment, own);
  if (choices.length === 0) return <></>;
  return (
    <span class={comment.state === "published" ? "tools" : "tools due"} role="group" aria-label={t("moderate")}>
      {choices.map(([verdict, label]) => (
        <button key={verdict} type="button" class="act" disabled={busy} onClick={() => void judge(verdict)}>{t(label)}</button>
      ))}
      <Trouble error={error} />
    </span>
  );
}

/** A moderator's buttons on the whole thread. */
export function ThreadTools({ thread }: { thread: ThreadState }) {
  const { error, attempt } = useAttempt();
  const { id, closed_at } = thread.thread;
  const closed = closed_at !== null;
  const waiting = thread.talks.flatMap((talk) => talk.comments).filter((comment) => comment.state === "pending").length;
  const close = () => attempt(async () => {
      const { thread: now } = await visit(thread).session.as((bearer) =>
        thread.api.send<{ thread: Thread }>("PUT", `threads/${id}/closed`, { closed: !closed }, { bearer }));
      thread.set({ thread: { ...thread.thread, ...now } });
  });
  return (
    <div class="tools thread-tools" role="group" aria-label={t("moderate")}>
      {waiting > 0 && <span class="hint">{t("waiting", { n: waiting })}</span>}
      <button type="button" class="act" onClick={() => void close()}>{t(closed ? "reopenThread" : "closeThread")}</button>
      <Trouble error={error} />
    </div>
  );
}
