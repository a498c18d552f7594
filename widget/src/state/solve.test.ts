import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha256 } from "../sha256.ts";
import { solve } from "./solve.ts";

const hash = (text: string) => createHash("sha256").update(text).digest();
const zeros = (digest: Buffer) => {
  const first = digest.findIndex((byte) => byte !== 0);
  return first * 8 + Math.clz32(digest[first] ?? 0) - 24;
};

test("a solution begins with as many zero bits as were asked for, whatever the challenge's length", async () => {
  for (const length of [0, 1, 22, 31, 32, 43, 54, 55, 56, 62, 63, 64, 65, 119, 127, 128, 200]) {
    const challenge = "x".repeat(length);
    for (const bits of [1, 7, 8, 11]) {
      const nonce = await solve({ challenge, bits });
      expect(nonce).toMatch(/^\d+$/);
      expect(zeros(hash(`${challenge}:${nonce}`)), `${length} ${bits}`).toBeGreaterThanOrEqual(bits);
    }
  }
});

test("it is the first nonce that works: nothing is skipped", async () => {
  const nonce = Number(await solve({ challenge: "tide", bits: 10 }));
  for (let tried = 0; tried < nonce; tried++) expect(zeros(hash(`tide:${tried}`))).toBeLessThan(10);
});

test("who needs it no more is not kept computing", async () => {
  const stop = new AbortController();
  const solved = solve({ challenge: "x", bits: 60 }, stop.signal);
  stop.abort();
  await expect(solved).rejects.toThrow();
});

test("the page gets its turn between slices", async () => {
  const stop = new AbortController();
  const solved = solve({ challenge: "x", bits: 60 }, stop.signal);
  await new Promise((done) => setTimeout(done));
  await new Promise((done) => setTimeout(done));
  stop.abort();
  await expect(solved).rejects.toThrow();
});

test("hashes of all lengths are SHA-256", () => {
  for (let length = 0; length < 200; length++) {
    const message = Uint8Array.from({ length }, (_, at) => at * 7);
    expect(Buffer.from(sha256(message)).toString("hex")).toBe(createHash("sha256").update(message).digest("hex"));
  }
});
