/** Secrets that this browser makes, and the challenges that stand for them (RFC 7636, S256). */

import { sha256 } from "./sha256.ts";

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export const randomToken = (bytes: number): string => base64url(crypto.getRandomValues(new Uint8Array(bytes)));

/** A verifier of 32 random bytes, and base64url(SHA-256(verifier)), which alone goes out first. */
export type Proof = { verifier: string; challenge: string };

export function makeProof(): Proof {
  const verifier = randomToken(32);
  return { verifier, challenge: base64url(sha256(new TextEncoder().encode(verifier))) };
}
