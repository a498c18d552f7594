import { useEffect, useMemo, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { goToSignIn, popupAttempt } from "../state/popup.ts";
import type { Session } from "../state/session.ts";
import { Trouble } from "./Trouble.tsx";

type Props = { session: Session; onDone: () => void; onBack: () => void };

/** Waits for the window in which somebody signs in; takes the code it shows, should it be cut off from here. */
export function PopupSignIn({ session, onDone, onBack }: Props) {
  const [error, setError] = useState<unknown>(null);
  const [opened, setOpened] = useState<boolean | null>(null);
  const [pasted, setPasted] = useState("");
  const attempt = useMemo(() => popupAttempt(session, onDone, (failure) => (setError(failure), setOpened(null))), [session]);
  useEffect(() => attempt.stop, [attempt]);

  const paste = async () => {
    setError(null);
    try {
      await attempt.paste(pasted);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <div class="rows">
      {opened === false ? (
        <p>
          {t("popupBlocked")} <button type="button" class="plain" onClick={() => goToSignIn(session)}>{t("popupGoThere")}</button>
        </p>
      ) : (
        <p role="status">{opened && t("popupWaiting")}</p>
      )}
      <button type="button" class={opened ? "secondary" : "primary"} onClick={() => setOpened(attempt.open())}>
        {t(opened ? "popupReopen" : "moreWays")}
      </button>
      <Trouble error={error} />
      {opened && (
        <form class="rows" onSubmit={(event) => (event.preventDefault(), void paste())}>
          <p class="hint">{t("pasteHint")}</p>
          <label>
            <span>{t("pasted")}</span>
            <input class="code" autocomplete="off" autocapitalize="characters" spellcheck={false} required maxLength={12} dir="ltr" value={pasted} onInput={(event) => setPasted(event.currentTarget.value)} />
          </label>
          <button type="submit" class="secondary">{t("usePasted")}</button>
        </form>
      )}
      <p class="links"><button type="button" class="plain" onClick={onBack}>{t("back")}</button></p>
    </div>
  );
}
