import { expect, test, vi } from "vitest";
import { handOver, type Opener } from "./hand-over.js";

const ORIGIN = "https://blog.example";

function errand(opener: Opener | null, listen = new EventTarget()) {
  const done = handOver({ opener, code: "ec_1", origin: ORIGIN, st: "mark", patience: 2000, listen });
  const outcome = done.then(() => "acknowledged", () => "by hand");
  const hear = (event: Partial<MessageEventInit<unknown>>): void => {
    listen.dispatchEvent(Object.assign(new Event("message"), event));
  };
  return { outcome, hear };
}

const ack = { v: 1, t: "aw.ack", st: "mark" };

test("the code goes to exactly one origin, and its acknowledgement ends the wait", async () => {
  const opener = { postMessage: vi.fn() };
  const { outcome, hear } = errand(opener);
  expect(opener.postMessage.mock.calls).toEqual([[{ v: 1, t: "aw.code", st: "mark", c: "ec_1" }, ORIGIN]]);
  hear({ origin: ORIGIN, source: opener as unknown as Window, data: ack });
  expect(await outcome).toBe("acknowledged");
});

test("no other window, origin or mark can acknowledge", async () => {
  vi.useFakeTimers();
  const opener = { postMessage: vi.fn() };
  const source = opener as unknown as Window;
  const { outcome, hear } = errand(opener);
  for (const forged of [
    { origin: "https://evil.example", source, data: ack },
    { origin: "https://blog.example.evil.net", source, data: ack },
    { origin: "null", source, data: ack },
    { origin: ORIGIN, source: null, data: ack },
    { origin: ORIGIN, source: { postMessage: vi.fn() } as unknown as Window, data: ack },
    { origin: ORIGIN, source, data: { ...ack, st: "other" } },
    { origin: ORIGIN, source, data: { ...ack, t: "aw.code" } },
    { origin: ORIGIN, source, data: { ...ack, v: 2 } },
    { origin: ORIGIN, source, data: "aw.ack" },
    { origin: ORIGIN, source, data: null },
  ]) {
    hear(forged);
  }
  vi.advanceTimersByTime(2000);
  expect(await outcome).toBe("by hand");
  vi.useRealTimers();
});

test("without an opener the code goes by hand at once", async () => {
  expect(await errand(null).outcome).toBe("by hand");
});
