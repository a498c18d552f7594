import { t } from "../i18n/t.ts";

/** Something could not be had, and a button to try again. */
export function Hiccup({ text, onRetry }: { text: string; onRetry: () => void }) {
  return (
    <p class="hiccup" role="alert">
      {text} <button type="button" class="plain" onClick={onRetry}>{t("retry")}</button>
    </p>
  );
}
