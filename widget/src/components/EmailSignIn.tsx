import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { SessionAnswer } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { type Mailed, digits, enterCode, mailCode } from "../state/email.ts";
import { waitSecs } from "../state/explain.ts";
import type { Session } from "../state/session.ts";
import { TextField } from "./TextField.tsx";
import { Trouble } from "./Trouble.tsx";
import { useAttempt } from "./useAttempt.ts";
import { useCountdown } from "./useCountdown.ts";

type Props = { session: Session; onStep: (sent: boolean) => void; onDone: () => void };

/** An address, then the code that was mailed to it. */
export function EmailSignIn({ session, onStep, onDone }: Props) {
  const [mailed, setMailed] = useState<Mailed | null>(null);
  const [email, setEmail] = useState("");
  const { busy, error, attempt } = useAttempt();
  const wait = useCountdown(waitSecs(error), error);

  const send = async () => {
    if (await attempt(async () => setMailed(await mailCode(session, email.trim())))) onStep(true);
  };
  const again = () => {
    setMailed(null);
    onStep(false);
  };
  if (mailed) return <CodeForm mailed={mailed} session={session} onResend={send} onAgain={again} onDone={onDone}><Trouble error={error} /></CodeForm>;
  return (
    <form class="rows" onSubmit={(event) => (event.preventDefault(), void send())}>
      <TextField label={t("email")} type="email" name="email" autocomplete="email" required value={email} onText={setEmail} />
      <button class="primary" disabled={busy || wait > 0}>{t("sendCode")}</button>
      <p class="hint">{t("emailHint")}</p>
      <Trouble error={error} />
    </form>
  );
}

type CodeProps = {
  mailed: Mailed;
  session: Session;
  onResend: () => void;
  onAgain?: () => void;
  onDone: (answer: SessionAnswer) => void;
  children: ComponentChild;
};

/** Takes the code that was mailed. */
export function CodeForm({ mailed, session, onResend, onAgain, onDone, children }: CodeProps) {
  const [code, setCode] = useState("");
  const { busy, error, attempt } = useAttempt();
  const left = useCountdown(mailed.resendAfterSecs, mailed);

  /** Six digits are a code: nobody needs to press anything. */
  const enter = async (entered: string) => {
    setCode(entered);
    if (digits(entered).length < 6) return;
    if (!(await attempt(async () => onDone(await enterCode(session, mailed, entered))))) setCode("");
  };
  return (
    <form class="rows" onSubmit={(event) => (event.preventDefault(), void enter(code))}>
      <p>{t("codeSent", { email: mailed.email })}</p>
      <TextField label={t("sixDigits")} class="code" inputMode="numeric" autocomplete="one-time-code" required maxLength={11} dir="ltr" value={code} onText={(entered) => void enter(entered)} />
      <button class="primary" disabled={busy}>{t("continue")}</button>
      <Trouble error={error} />
      {children}
      <p class="links">
        <button type="button" class="plain" disabled={left > 0} onClick={onResend}>{left > 0 ? t("sendAgainIn", { seconds: left }) : t("sendAgain")}</button>
        {onAgain && <button type="button" class="plain" onClick={onAgain}>{t("otherAddress")}</button>}
      </p>
    </form>
  );
}
