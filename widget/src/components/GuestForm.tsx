import { useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import type { Guest } from "../state/session.ts";

type Props = { guest: Guest | null; onGuest: (name: string, email: string) => void };

/** A name is enough. The address is the owner's to answer to, and nobody else's to see. */
export function GuestForm({ guest, onGuest }: Props) {
  const [name, setName] = useState(guest?.name ?? "");
  const [email, setEmail] = useState(guest?.email ?? "");
  return (
    <form class="rows" aria-label={t("asGuest")} onSubmit={(event) => (event.preventDefault(), onGuest(name.trim(), email.trim()))}>
      <label>
        <span>{t("name")}</span>
        <input name="name" autocomplete="nickname" required maxLength={60} dir="auto" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        <span>{t("guestEmail")}</span>
        <input type="email" name="guest-email" autocomplete="email" inputMode="email" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
      </label>
      <button type="submit" class="secondary">{t("postAsGuest")}</button>
    </form>
  );
}
