import type { Comment } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import type { ThreadState } from "../state/thread.ts";
import { visit } from "../state/visit.ts";
import { lazy } from "./lazy.tsx";

const Confirm = lazy("waiting", "Confirm");

/** What only its author and the moderators are told of a comment. */
export function StateNote({ thread, comment, own }: { thread: ThreadState; comment: Comment; own: boolean }) {
  const { state, waiting_edit } = comment;
  // Spam reads the same as pending to its author: whether a filter was fooled is not for them to learn.
  if (state === "pending" || (state === "spam" && own)) {
    const { session } = visit(thread);
    return (
      <>
        <p class="note pending">{t(own ? "pending" : "pendingStaff")}</p>
        {own && !session.isMember && session.guest?.email && thread.site?.email_sign_in && <Confirm thread={thread} comment={comment} />}
      </>
    );
  }
  if (state === "spam") return <p class="note pending">{t("spam")}</p>;
  return waiting_edit ? <p class="note pending">{t("waitingEdit")}</p> : <></>;
}

/** What an author can do to their own comment. */
export function OwnActions({ thread, comment }: { thread: ThreadState; comment: Comment }) {
  const ask = (what: "edit" | "remove") => () => thread.ask({ at: comment.id, what });
  return (
    <>
      {isEditable(comment, thread.site?.edit_window_secs ?? 0) && <button type="button" class="act edit" onClick={ask("edit")}>{t("edit")}</button>}
      <button type="button" class="act remove" onClick={ask("remove")}>{t("remove")}</button>
    </>
  );
}

function isEditable({ editable_until, posted_at }: Comment, windowSecs: number): boolean {
  return Date.now() < (editable_until ? Date.parse(editable_until) : Date.parse(posted_at) + windowSecs * 1000);
}
