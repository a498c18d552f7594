/** From the page that a mailed link opens to the window that waits for it: both are of this server, in one browser. */

/** Calls back when the link of this transaction was used. */
export function whenMailIsUsed(tx: string, go: () => void): void {
  channel()?.addEventListener("message", ({ data }: MessageEvent<unknown>) => data === tx && go());
}

/** Carries no more than which window is meant: that one asks the server for what it is to hand over. */
export function mailIsUsed(tx: string): void {
  channel()?.postMessage(tx);
}

/** `null` where there is none, or where a page may store nothing, which for Firefox means this, too: there is a button. */
function channel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel("afterword/mail");
  } catch {
    return null;
  }
}
