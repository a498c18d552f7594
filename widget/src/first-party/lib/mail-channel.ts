/** From the page that a mailed link opens to the window that waits for it: both are of this server, in one browser. */

const NAME = "afterword/mail";

export function whenMailIsUsed(go: () => void): void {
  if (typeof BroadcastChannel === "undefined") return; // There is a button, too.
  new BroadcastChannel(NAME).addEventListener("message", go);
}

/** Carries nothing: whoever waits asks the server whether it was meant. */
export function mailIsUsed(): void {
  if (typeof BroadcastChannel === "undefined") return;
  new BroadcastChannel(NAME).postMessage("used");
}
