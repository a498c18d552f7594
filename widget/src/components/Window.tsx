import { useState } from "preact/hooks";
import type { Provider } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import type { Attempt } from "../state/popup.ts";
import { TextField } from "./TextField.tsx";
import { Trouble } from "./Trouble.tsx";
import { useAttempt } from "./useAttempt.ts";

type Props = {
  popup: Attempt | null;
  /** With whom somebody signs in there; `null`: they choose there. */
  provider: Provider | null;
  /** The window is there; else the browser did not allow it. */
  opened: boolean;
  failure: unknown;
  onOpen: () => void;
  onGoThere: () => void;
  onBack: () => void;
};

/** Waits for the window in which somebody signs in; takes the code it shows, should it be cut off from here. */
export function Window({ popup, provider, opened, failure, onOpen, onGoThere, onBack }: Props) {
  const [pasted, setPasted] = useState("");
  const { busy, error, attempt } = useAttempt();
  return (
    <div class="rows">
      <p role="status">{opened ? (provider ? t("popupWaitingFor", { name: provider.name }) : t("popupWaiting")) : t("popupBlocked")}</p>
      {opened ? <button type="button" class="secondary" onClick={onOpen}>{t("popupReopen")}</button>
        : <button type="button" class="primary" onClick={onGoThere}>{t("popupGoThere")}</button>}
      <Trouble error={failure} />
      {opened && (
        <form class="rows" onSubmit={(event) => (event.preventDefault(), void attempt(async () => popup?.paste(pasted)))}>
          <p class="hint">{t("pasteHint")}</p>
          <TextField label={t("pasted")} class="code" autocomplete="off" autocapitalize="characters" spellcheck={false} required maxLength={12} dir="ltr" value={pasted} onText={setPasted} />
          <button class="secondary" disabled={busy}>{t("usePasted")}</button>
          <Trouble error={error} />
        </form>
      )}
      <p class="links"><button type="button" class="plain" onClick={onBack}>{t("back")}</button></p>
    </div>
  );
}
