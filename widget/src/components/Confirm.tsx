import { useState } from "preact/hooks";
import type { Comment, SessionAnswer } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { type Mailed, mailCode } from "../state/email.ts";
import { find } from "../state/merge.ts";
import type { ThreadState } from "../state/thread.ts";
import { visit } from "../state/visit.ts";
import { CodeForm } from "./EmailSignIn.tsx";
import { Trouble } from "./Trouble.tsx";
import { useAttempt } from "./useAttempt.ts";

type Props = { thread: ThreadState; comment: Comment };

/** Lets a guest whose comment waits show that the address they left is theirs: then they are a member, and so is it. */
export function Confirm({ thread, comment }: Props) {
  const me = visit(thread);
  const { session } = me;
  const { guest } = session;
  const [mailed, setMailed] = useState<Mailed | null>(null);
  const { busy, error, attempt } = useAttempt();
  const send = () => void attempt(async () => guest?.email && setMailed(await mailCode(session, guest.email, guest.token)));

  const confirmed = async ({ claimed = 1, visitor }: SessionAnswer) => {
    session.forgetGuest();
    await me.refresh();
    const { state } = find(thread, comment.id) ?? comment;
    thread.say(`${t("claimed", { n: claimed })} ${t(state === "published" ? "publishedNow" : "stillHeld")}`);
    // An account that is older than this may never have been given a name.
    if (visitor.kind === "member" && visitor.name === null) thread.ask({ at: comment.id, what: "sign-in" });
    else thread.set({ focus: { id: comment.id } });
  };

  if (!mailed) {
    return (
      <p class="confirm-now">
        <button type="button" class="secondary" disabled={busy} onClick={send}>{t("confirmNow")}</button>
        <Trouble error={error} onRetry={send} />
      </p>
    );
  }
  return (
    <section class="signin" aria-label={t("confirmTitle")} onKeyDown={(event) => event.key === "Escape" && setMailed(null)}>
      <p class="signin-title" role="heading" aria-level={3}>{t("confirmTitle")}</p>
      <button type="button" class="close" aria-label={t("close")} onClick={() => setMailed(null)}>×</button>
      <CodeForm mailed={mailed} session={session} onResend={send} onDone={(answer) => void confirmed(answer)}><Trouble error={error} /></CodeForm>
    </section>
  );
}
