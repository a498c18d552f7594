/**
 * Proof of work: a nonce with which SHA-256(challenge + ":" + nonce) begins with so many zero bits. It costs a guest a
 * moment of computing that nobody notices, and somebody who posts by the thousand a lot of them.
 *
 * Invariant: the page never waits for it. The work is done in slices of a few milliseconds on the main thread (a worker
 * would have to come from the page's own origin), and whatever the page has to do goes first.
 */

import { START, compress, padded } from "../sha256.ts";
import type { Task } from "../api/schema.ts";

/** A slice ends after so long, and after so many tries where the browser blurs its clock. */
const SLICE_MS = 2;
const SLICE_TRIES = 1024;
/** Between two looks at the clock there is one try, while the browser has compiled nothing, and up to so many later. */
const MOST_TRIES = 16;
/** A look that finds more time gone halves the tries, another doubles them: no machine is too slow for its slice. */
const LOOK_MS = .2;

const utf8 = new TextEncoder();

/** The nonce, in decimal. Rejects when `signal` says that nobody needs it any more. */
export async function solve({ challenge, bits }: Task, signal?: AbortSignal): Promise<string> {
  const prefix = utf8.encode(`${challenge}:`);
  // What never changes is worked in once: of each try only the end is left.
  const settled = prefix.length & ~63;
  const middle = START.slice();
  const view = new DataView(prefix.buffer);
  for (let block = 0; block < settled; block += 64) compress(middle, view, block);
  const rest = prefix.subarray(settled);

  const state = new Int32Array(8);
  let blocks = padded(rest);
  let digits = 0;
  let nonce = 0;
  const works = (): boolean => {
    const text = String(nonce);
    const length = rest.length + text.length;
    if (text.length !== digits) {
      digits = text.length;
      const message = new Uint8Array(length);
      message.set(rest);
      blocks = padded(message, settled);
    }
    for (let i = 0; i < digits; i++) blocks.setUint8(rest.length + i, text.charCodeAt(i));
    state.set(middle);
    for (let block = 0; block < blocks.byteLength; block += 64) compress(state, blocks, block);
    return beginsWith(state, bits);
  };

  let tries = 1;
  for (;;) {
    // First of all, too: what loaded this has had its turn.
    await pause();
    signal?.throwIfAborted();
    const began = performance.now();
    let looked = began;
    for (let tried = 0; tried < SLICE_TRIES && looked - began < SLICE_MS; tried += tries) {
      for (let i = 0; i < tries; i++, nonce++) if (works()) return String(nonce);
      const now = performance.now();
      tries = now - looked > LOOK_MS ? Math.max(1, tries >> 1) : Math.min(MOST_TRIES, tries * 2);
      looked = now;
    }
  }
}

function beginsWith(state: Int32Array, bits: number): boolean {
  let left = bits;
  for (let i = 0; left > 0; i++, left -= 32) {
    const zeros = Math.clz32(state[i] as number);
    if (zeros < Math.min(left, 32)) return false;
  }
  return true;
}

/** Lets the page go first: painting, typing, clicks. */
function pause(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { postTask?: (work: () => void) => Promise<void> } };
  if (scheduler?.postTask) return scheduler.postTask(() => {});
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => (port1.close(), resolve()), { once: true });
    port1.start();
    port2.postMessage(0);
  });
}
