import { useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Trouble } from "./Trouble.tsx";

type Props = { save: (name: string) => Promise<void>; onDone: () => void };

/** Asked at a first sign-in, because nothing can be posted without a name. */
export function NameForm({ save, onDone }: Props) {
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await save(name.trim());
      return onDone();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <form class="rows" onSubmit={(event) => (event.preventDefault(), void submit())}>
      <label>
        <span>{t("displayName")}</span>
        <input name="nickname" autocomplete="nickname" required maxLength={60} dir="auto" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary" disabled={busy}>{t("saveName")}</button>
      <p class="hint">{t("nameHint")}</p>
      <Trouble error={error} />
    </form>
  );
}
