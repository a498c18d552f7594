import { useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import type { Guest } from "../state/session.ts";
import { TextField } from "./TextField.tsx";

type Props = { guest: Guest | null; onGuest: (name: string, email: string) => void };

/** A name is enough. The address is the owner's to answer to, and nobody else's to see. */
export function GuestForm({ guest, onGuest }: Props) {
  const [name, setName] = useState(guest?.name ?? "");
  const [email, setEmail] = useState(guest?.email ?? "");
  return (
    <form class="rows" aria-label={t("asGuest")} onSubmit={(event) => (event.preventDefault(), onGuest(name.trim(), email.trim()))}>
      <TextField label={t("name")} name="name" autocomplete="nickname" required maxLength={60} dir="auto" value={name} onText={setName} />
      <TextField label={t("guestEmail")} type="email" name="guest-email" autocomplete="email" value={email} onText={setEmail} />
      <button class="secondary">{t("postAsGuest")}</button>
    </form>
  );
}
