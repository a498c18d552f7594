import { useEffect, useState } from "preact/hooks";

/** Whole seconds that are left of `secs`, counted from when `since` last changed. */
export function useCountdown(secs: number, since: unknown): number {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  useEffect(() => {
    const tick = () => setNow(Date.now());
    tick();
    setUntil(Date.now() + secs * 1000);
    if (secs === 0) return undefined;
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [since]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
