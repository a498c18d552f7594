import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { explain, isTransient, waitSecs } from "../state/explain.ts";

type Props = {
  error: unknown;
  /** A text is at stake: says that it is kept. */
  text?: boolean;
  onRetry?: () => void;
  children?: ComponentChild;
};

/** What went wrong, beside the button that was pressed. */
export function Trouble({ error, text = false, onRetry, children }: Props) {
  const left = useCountdown(error);
  if (!error) return null;
  const waited = waitSecs(error) > 0;
  const said = !waited ? explain(error, { text }) : left > 0 ? t("tooFast", { seconds: left }) : t("tooFastOver");
  return (
    <p class="trouble" role="alert">
      {said} {children}
      {onRetry && isTransient(error) && <button type="button" class="plain" onClick={onRetry}>{t("retry")}</button>}
    </p>
  );
}

/** Seconds until the server takes the next request, counted down. */
export function useCountdown(error: unknown): number {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  useEffect(() => {
    const secs = waitSecs(error);
    setNow(Date.now());
    setUntil(Date.now() + secs * 1000);
    if (secs === 0) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [error]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
