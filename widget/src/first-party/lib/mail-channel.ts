/** From the page that a mailed link opens to the window that waits for it: both are of this server, in one browser. */

const NAME = "afterword/mail";

/** Calls back when the link of this transaction was used. */
export function whenMailIsUsed(tx: string, go: () => void): void {
  if (typeof BroadcastChannel === "undefined") return; // There is a button, too.
  new BroadcastChannel(NAME).addEventListener("message", ({ data }: MessageEvent<unknown>) => data === tx && go());
}

/** Carries no more than which window is meant: that one asks the server for what it is to hand over. */
export function mailIsUsed(tx: string): void {
  if (typeof BroadcastChannel === "undefined") return;
  new BroadcastChannel(NAME).postMessage(tx);
}
