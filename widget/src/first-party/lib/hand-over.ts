/**
 * The last step of the popup: gives the code to the page that opened it, and waits for that page to say it has it.
 *
 * The code goes to exactly one origin. An acknowledgement counts only from that origin, from that window, with its mark.
 */

/** What of the opener is used: a window of another origin lets us do no more. */
export interface Opener {
  postMessage(message: unknown, origin: string): void;
}

interface Errand {
  opener: Opener | null;
  code: string;
  /** The only origin that may hear the code. */
  origin: string;
  /** The opener's own mark. */
  st: string;
  patience: number;
  listen: Pick<Window, "addEventListener" | "removeEventListener">;
}

/** Resolves when the opener has the code; rejects if there is no opener, or it stays silent. */
export function handOver({ opener, code, origin, st, patience, listen }: Errand): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!opener) {
      reject(new Error("no opener"));
      return;
    }
    const hear = (event: MessageEvent<unknown>): void => {
      if (event.origin === origin && event.source === opener && acknowledges(event.data, st)) {
        clearTimeout(timer);
        listen.removeEventListener("message", hear);
        resolve();
      }
    };
    // A late acknowledgement still resolves nothing: the code by hand is shown by then, and either way works.
    const timer = setTimeout(() => {
      listen.removeEventListener("message", hear);
      reject(new Error("no acknowledgement"));
    }, patience);
    listen.addEventListener("message", hear);
    opener.postMessage({ v: 1, t: "aw.code", st, c: code }, origin);
  });
}

function acknowledges(data: unknown, st: string): boolean {
  return (
    typeof data === "object" && data !== null &&
    "v" in data && data.v === 1 && "t" in data && data.t === "aw.ack" && "st" in data && data.st === st
  );
}
