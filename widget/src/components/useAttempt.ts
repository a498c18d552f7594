import { useState } from "preact/hooks";

/** Something tried at the press of a button: whether it is under way, and why it did not work. */
export function useAttempt() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  /** `true` if it worked. A second press while one is under way does nothing. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      setBusy(false);
    }
  }

  return { busy, error, attempt, setError };
}
