/**
 * Signing in on the comments server's own pages, in a popup, and bringing a one-time code back (see "The popup" in the
 * sign-in protocol). Only this widget can redeem the code: it holds the verifier.
 *
 * Invariants: a message counts only if its origin is the server, its source the window we opened, and its state ours.
 * `popup.closed` is never read: a page on the way that cuts the opener makes it true at once.
 */

import type { Api } from "../api/client.ts";
import type { SessionAnswer } from "../api/schema.ts";
import { type Proof, makeProof, randomToken } from "./proof.ts";
import type { Session } from "./session.ts";
import { shelf } from "./shelf.ts";

const PATIENCE_MS = 10 * 60 * 1000;

export type Attempt = {
  /** Opens the window, at a provider if one is named; called within the click. `false`: the browser did not allow it. */
  open: (provider?: string) => boolean;
  /** Redeems the code that a person copied from the window. */
  paste: (pasted: string) => Promise<void>;
  stop: () => void;
};

/** Made, with its proof, when the sign-in panel opens, so that the click only has to open a window. */
export function popupAttempt(session: Session, proof: Proof, done: () => void, failed: (error: unknown) => void): Attempt {
  const state = randomToken(16);
  const origin = new URL(session.api.base).origin;
  let popup: Window | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function redeem(what: { code: string } | { pasted: string }): Promise<void> {
    session.accept(await exchange(session, what, proof), true);
    stop();
    done();
  }

  function hear(event: MessageEvent<unknown>): void {
    if (event.origin !== origin || event.source === null || event.source !== popup) return;
    const code = codeIn(event.data, state);
    if (code === null) return;
    removeEventListener("message", hear);
    popup.postMessage({ v: 1, t: "aw.ack", st: state }, origin);
    redeem({ code }).catch(failed);
  }

  function stop(): void {
    clearTimeout(timer);
    removeEventListener("message", hear);
  }

  return {
    open(provider) {
      stop();
      try {
        popup = window.open(popupUrl(session.api, proof, state, { provider }), "_blank", "popup,width=480,height=640");
      } catch {
        popup = null; // Firefox throws in a page whose own sandbox lets it open none; others give nothing.
      }
      if (!popup) return false;
      addEventListener("message", hear);
      timer = setTimeout(() => (stop(), failed(null)), PATIENCE_MS);
      return true;
    },
    paste: (pasted) => redeem({ pasted: pasted.toUpperCase().replace(/[^A-Z0-9]/g, "") }),
    stop,
  };
}

/** The code in a message, if the message is exactly of the form that carries one. */
export function codeIn(data: unknown, state: string): string | null {
  if (typeof data !== "object" || data === null) return null;
  const { v, t, st, c, ...rest } = data as Record<string, unknown>;
  const ours = v === 1 && t === "aw.code" && st === state && typeof c === "string" && /^[\w-]{20,200}$/.test(c);
  return ours && Object.keys(rest).length === 0 ? c : null;
}

async function exchange(session: Session, what: object, { verifier }: Pick<Proof, "verifier">): Promise<SessionAnswer> {
  const cookie = await session.keepsCookie();
  return session.api.send<SessionAnswer>("POST", "auth/exchange", { ...what, verifier, cookie }, { cookie: true });
}

function popupUrl({ base, site }: Api, { challenge }: Proof, state: string, more: { provider?: string | undefined; return_to?: string }): string {
  const query = new URLSearchParams({ site, origin: location.origin, ch: challenge, st: state });
  for (const [name, value] of Object.entries(more)) if (value) query.set(name, value);
  return `${base}auth/popup?${query.toString()}`;
}

type Waiting = { verifier: string; state: string };
const WAITING = "sign-in";

/** Where popups are blocked: the whole page goes there and comes back, with the code in its fragment. */
export async function goToSignIn(session: Session, provider?: string): Promise<void> {
  const proof = await makeProof();
  const state = randomToken(16);
  shelf(session.api.site, "sessionStorage").write(WAITING, { verifier: proof.verifier, state } satisfies Waiting);
  location.assign(popupUrl(session.api, proof, state, { provider, return_to: location.href.replace(/#.*/, "") }));
}

/** Redeems what the fragment held, `<code>.<state>`; the verifier waits in this tab's storage. */
export async function redeemReturned(session: Session, returned: string): Promise<void> {
  const kept = shelf(session.api.site, "sessionStorage");
  const waiting = kept.read<Waiting>(WAITING);
  kept.remove(WAITING);
  const [code = "", state] = returned.split(".");
  if (!waiting || waiting.state !== state) throw new Error("nobody here asked to sign in");
  session.accept(await exchange(session, { code }, waiting), true);
}
