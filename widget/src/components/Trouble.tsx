import type { ComponentChild } from "preact";
import { t } from "../i18n/t.ts";
import { explain, isTransient, waitSecs } from "../state/explain.ts";
import { useCountdown } from "./useCountdown.ts";

type Props = {
  error: unknown;
  /** A text is at stake: says that it is kept. */
  text?: boolean;
  onRetry?: () => void;
  children?: ComponentChild;
};

/** What went wrong, beside the button that was pressed. */
export function Trouble({ error, text = false, onRetry, children }: Props) {
  const left = useCountdown(waitSecs(error), error);
  if (!error) return null;
  return (
    <p class="trouble" role="alert">
      {left > 0 ? t("tooFast", { seconds: left }) : explain(error, text)} {children}
      {onRetry && isTransient(error) && <button type="button" class="plain" onClick={onRetry}>{t("retry")}</button>}
    </p>
  );
}
