import { useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import type { Session } from "../state/session.ts";
import { TextField } from "./TextField.tsx";

type Props = { session: Session; onType: () => void; onGuest: () => void };

/** A name is enough. The address is the owner's to answer to, and nobody else's to see. */
export function GuestForm({ session, onType, onGuest }: Props) {
  const { guest } = session;
  const [name, setName] = useState(guest?.name ?? "");
  const [email, setEmail] = useState(guest?.email ?? "");
  const [remember, setRemember] = useState(session.remembersGuest);
  const submit = (event: Event) => {
    event.preventDefault();
    session.becomeGuest(name.trim(), email.trim(), remember);
    onGuest();
  };
  return (
    <form class="rows" aria-label={t("asGuest")} onInput={onType} onSubmit={submit}>
      <TextField label={t("name")} name="name" autocomplete="nickname" required maxLength={60} dir="auto" value={name} onText={setName} />
      <TextField label={t("guestEmail")} type="email" name="guest-email" autocomplete="email" value={email} onText={setEmail} />
      <label class="check"><input type="checkbox" checked={remember} onChange={(event) => setRemember(event.currentTarget.checked)} /><span>{t("remember")}</span></label>
      <button class="secondary">{t("postAsGuest")}</button>
    </form>
  );
}
