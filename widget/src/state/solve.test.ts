import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { sha256 } from "../sha256.ts";
import { solve } from "./solve.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** How many tries a slice has, on the average, in a browser with this clock. */
async function triesPerSlice(now: () => number) {
  let slices = 0;
  vi.stubGlobal("scheduler", { postTask: async (work: () => void) => (slices++, work()) });
  vi.spyOn(performance, "now").mockImplementation(now);
  const nonce = Number(await solve({ challenge: "neap tide", bits: 14 }));
  expect(nonce).toBeGreaterThan(5000);
  return (nonce + 1) / slices;
}

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

test("a machine on which a try takes a millisecond is asked for two in a slice", async () => {
  let time = 0;
  expect(await triesPerSlice(() => time++)).toBeLessThanOrEqual(2);
});

test("a slice ends also where the browser's clock stands still", async () => {
  expect(await triesPerSlice(() => 0)).toBeLessThan(1100);
});

test("hashes of all lengths are SHA-256", () => {
  for (let length = 0; length < 200; length++) {
    const message = Uint8Array.from({ length }, (_, at) => at * 7);
    expect(Buffer.from(sha256(message)).toString("hex")).toBe(createHash("sha256").update(message).digest("hex"));
  }
});
