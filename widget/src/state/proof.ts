/** Secrets that this browser makes, and the challenges that stand for them (RFC 7636, S256). */

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export const randomToken = (bytes: number): string => base64url(crypto.getRandomValues(new Uint8Array(bytes)));

/** A verifier of 32 random bytes, and base64url(SHA-256(verifier)), which alone goes out first. */
export type Proof = { verifier: string; challenge: string };

export async function makeProof(): Promise<Proof> {
  const verifier = randomToken(32);
  return { verifier, challenge: base64url(await sha256(new TextEncoder().encode(verifier))) };
}

async function sha256(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // Pages on plain http are not given one.
  const { subtle } = crypto as Partial<Crypto>;
  if (subtle) return new Uint8Array(await subtle.digest("SHA-256", message));
  return (await import("../sha256.ts")).sha256(message);
}
