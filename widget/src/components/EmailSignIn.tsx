import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/problem.ts";
import { t } from "../i18n/t.ts";
import { type Mailed, digits, enterCode, mailCode } from "../state/email.ts";
import type { Session } from "../state/session.ts";
import { Trouble, useCountdown } from "./Trouble.tsx";

type Props = { session: Session; onStep: (sent: boolean) => void; onDone: () => void };

/** An address, then the code that was mailed to it. */
export function EmailSignIn({ session, onStep, onDone }: Props) {
  const [mailed, setMailed] = useState<Mailed | null>(null);
  const [email, setEmail] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wait = useCountdown(error);

  async function send(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      setMailed(await mailCode(session, email.trim()));
      onStep(true);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  }

  if (mailed) {
    const again = () => {
      setMailed(null);
      onStep(false);
    };
    return <CodeForm mailed={mailed} session={session} resend={send} onAgain={again} onDone={onDone} />;
  }
  return (
    <form class="rows" onSubmit={(event) => (event.preventDefault(), void send())}>
      <label>
        <span>{t("email")}</span>
        <input type="email" name="email" autocomplete="email" inputMode="email" required value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary" disabled={busy || wait > 0}>{t("sendCode")}</button>
      <p class="hint">{t("emailHint")}</p>
      <Trouble error={error} />
    </form>
  );
}

type CodeProps = { mailed: Mailed; session: Session; resend: () => Promise<void>; onAgain: () => void; onDone: () => void };

function CodeForm({ mailed, session, resend, onAgain, onDone }: CodeProps) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const left = useSecondsLeft(mailed);

  async function check(entered: string): Promise<void> {
    if (busy || digits(entered).length < 6) return;
    setBusy(true);
    setError(null);
    try {
      await enterCode(session, mailed, entered);
      return onDone();
    } catch (failure) {
      setError(failure);
      setCode("");
    }
    setBusy(false);
  }

  const slug = error instanceof Problem ? error.slug : "";
  const said = slug === "wrong-code" ? t("wrongCode", { n: (error as Problem).extras.tries_left ?? 0 }) : slug === "code-gone" ? t("codeGone") : null;
  return (
    <form class="rows" onSubmit={(event) => (event.preventDefault(), void check(code))}>
      <p class="sent">{t("codeSent", { email: mailed.email })}</p>
      <label>
        <span>{t("sixDigits")}</span>
        <input
          class="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          required
          maxLength={11}
          dir="ltr"
          value={code}
          onInput={(event) => {
            setCode(event.currentTarget.value);
            void check(event.currentTarget.value);
          }}
        />
      </label>
      <button type="submit" class="primary" disabled={busy}>{t("checkCode")}</button>
      {said ? <p class="trouble" role="alert">{said}</p> : <Trouble error={error} />}
      <p class="links">
        <button type="button" class="plain" disabled={left > 0} onClick={() => void resend()}>{left > 0 ? t("sendAgainIn", { seconds: left }) : t("sendAgain")}</button>
        <button type="button" class="plain" onClick={onAgain}>{t("otherAddress")}</button>
      </p>
    </form>
  );
}

/** Counts down to when another code may be sent. */
function useSecondsLeft(mailed: Mailed): number {
  const [left, setLeft] = useState(mailed.resendAfterSecs);
  useEffect(() => {
    const until = Date.now() + mailed.resendAfterSecs * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [mailed]);
  return left;
}
