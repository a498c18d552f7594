import { useState } from "preact/hooks";
import type { Via } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import type { ThreadState } from "../state/thread.ts";
import { visit } from "../state/visit.ts";
import { Avatar } from "./Avatar.tsx";

type Props = { thread: ThreadState; member: { name: string | null; hue: number; via?: Via } };

/** Who is signed in; opened, the way to their account and the ways out. Members of the site itself have their account there. */
export function You({ thread, member: { name, hue, via } }: Props) {
  const [open, setOpen] = useState(false);
  const shown = name ?? "?";
  const leave = (everywhere: boolean) => () => void visit(thread).signOut(everywhere);
  return (
    <span class="you" onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <button type="button" class="plain who" aria-expanded={open} aria-label={t("you", { name: shown })} onClick={() => setOpen(!open)}>
        <Avatar name={shown} hue={hue} />{name && <bdi>{name}</bdi>}
      </button>
      {open && (
        <span class="menu">
          {via?.kind !== "sso" && <a class="plain" href={`${thread.api.base}account`} target="_blank" rel="noopener">{t("account")}</a>}
          <button type="button" class="plain" onClick={leave(false)}>{t("signOut")}</button>
          <button type="button" class="plain" onClick={leave(true)}>{t("signOutEverywhere")}</button>
        </span>
      )}
    </span>
  );
}
