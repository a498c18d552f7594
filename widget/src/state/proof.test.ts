import { createHash, randomBytes } from "node:crypto";
import { expect, test, vi } from "vitest";
import { sha256 } from "../sha256.ts";
import { base64url, makeProof, randomToken } from "./proof.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const text = (value: string) => new TextEncoder().encode(value);

test("SHA-256 gives what the standard says", () => {
  expect(hex(sha256(text("")))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(hex(sha256(text("abc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(hex(sha256(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))))
    .toBe("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
});

test("SHA-256 agrees with another implementation at every length around a block", () => {
  for (let length = 0; length < 200; length++) {
    const message = new Uint8Array(randomBytes(length));
    expect(hex(sha256(message)), `${length} bytes`).toBe(createHash("sha256").update(message).digest("hex"));
  }
});

test("a challenge is what RFC 7636 makes of its verifier", () => {
  expect(base64url(sha256(text("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")))).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
});

test("a proof is the same with and without the browser's own SHA-256", async () => {
  const verifies = ({ verifier, challenge }: Awaited<ReturnType<typeof makeProof>>) =>
    challenge === createHash("sha256").update(verifier).digest("base64url");
  expect(verifies(await makeProof())).toBe(true);
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  expect(verifies(await makeProof())).toBe(true);
});

test("a token of 32 bytes is 43 characters that need no escaping, and never the same twice", () => {
  const all = new Set(Array.from({ length: 100 }, () => randomToken(32)));
  expect(all.size).toBe(100);
  for (const token of all) expect(token).toMatch(/^[\w-]{43}$/);
});
