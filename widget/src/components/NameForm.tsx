import { useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { TextField } from "./TextField.tsx";
import { Trouble } from "./Trouble.tsx";
import { useAttempt } from "./useAttempt.ts";

type Props = { suggested: string; save: (name: string) => Promise<void>; onDone: () => void };

/** Asked at a first sign-in, because nothing can be posted without a name. */
export function NameForm({ suggested, save, onDone }: Props) {
  const [name, setName] = useState(suggested);
  const { busy, error, attempt } = useAttempt();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await attempt(() => save(name.trim()))) onDone();
  };
  return (
    <form class="rows" onSubmit={(event) => void submit(event)}>
      <TextField label={t("displayName")} name="nickname" autocomplete="nickname" required maxLength={60} dir="auto" value={name} onText={setName} />
      <button class="primary" disabled={busy}>{t("continue")}</button>
      <p class="hint">{t("nameHint")}</p>
      <Trouble error={error} />
    </form>
  );
}
