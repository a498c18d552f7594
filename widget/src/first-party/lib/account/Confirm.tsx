/** "Show once more that it is you": asked where a while has passed since signing in. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useAttempt } from "../../../components/useAttempt.ts";
import { said } from "../ask.js";
import { confirmIt, signOut } from "./api.js";
import { Field, kindOf, PasswordField } from "./forms.tsx";

type Props = { hasPassword: boolean; onDone: () => void; onCancel: () => void };

export function Confirm({ hasPassword, onDone, onCancel }: Props) {
  const { busy, error, attempt } = useAttempt();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [wantsCode, setWantsCode] = useState(false);
  const box = useRef<HTMLFormElement>(null);
  const kind = kindOf(error);
  useEffect(() => box.current?.querySelector<HTMLElement>("input, button")?.focus(), [wantsCode]);
  useEffect(() => {
    if (kind === "second-factor-needed") setWantsCode(true);
  }, [kind]);
  const again = async () => {
    if (await attempt(hasPassword ? () => confirmIt(password, code.trim() || null) : signOut)) {
      if (hasPassword) onDone();
      else location.reload();
    }
  };
  return (
    <form class="note stack" noValidate ref={box} aria-busy={busy} onSubmit={(event) => { event.preventDefault(); void again(); }}
      onKeyDown={(event) => event.key === "Escape" && onCancel()}>
      <p><strong>Is it still you?</strong> {hasPassword
        ? "It is a while since you signed in. Type your password to go on. Forgot it? Sign out, and have a link sent to you."
        : "It is a while since you signed in. Sign out, sign in again, and you can change this for a quarter of an hour."}</p>
      {hasPassword && <PasswordField label="Password" value={password} onText={setPassword}
        error={kind === "wrong-password" ? "That is not your password." : null} />}
      {wantsCode && <Field label="Code from your authenticator" value={code} onText={setCode} inputMode="numeric" autocomplete="one-time-code"
        hint="Six digits, or one of your recovery codes." error={kind === "wrong-second-factor" ? said(error) : null} />}
      {error && !["wrong-password", "wrong-second-factor", "second-factor-needed"].includes(kind ?? "") ? <p class="alert" role="alert">{said(error)}</p> : null}
      <div class="buttons">
        <button type="submit" class="primary" aria-disabled={busy}>{hasPassword ? "Go on" : "Sign out"}</button>
        <button type="button" class="quiet" onClick={onCancel}>Cancel</button>
      </div>
    </form>
  );
}
