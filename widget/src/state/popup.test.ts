import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { server } from "../../test/thread.ts";
import { createApi } from "../api/client.ts";
import { codeIn, popupAttempt, redeemReturned } from "./popup.ts";
import { makeProof } from "./proof.ts";
import { Session } from "./session.ts";

/** A window that must never be asked whether it is closed. */
function fakeWindow() {
  const posted: [unknown, string][] = [];
  const window = { postMessage: (message: unknown, target: string) => posted.push([message, target]) };
  Object.defineProperty(window, "closed", { get: () => expect.unreachable("nobody may look at closed") });
  return { window: window as unknown as Window, posted };
}

const CODE = "c".repeat(43);
let opened: URL;
let popup: ReturnType<typeof fakeWindow>;

beforeEach(() => {
  localStorage.clear();
  popup = fakeWindow();
  vi.spyOn(window, "open").mockImplementation((url) => ((opened = new URL(String(url))), popup.window));
});
afterEach(() => vi.restoreAllMocks());

async function attempt() {
  const mock = await server();
  const session = new Session(createApi(mock.url, "blog"));
  vi.spyOn(session, "keepsCookie").mockResolvedValue(false);
  const exchange = vi.spyOn(session.api, "send").mockResolvedValue({ access: "at_x", expires_in_secs: 600, refresh: "rt_x", visitor: { kind: "member", id: "1", name: "Ada", role: "none", hue: 1 } });
  const done = vi.fn();
  const failed = vi.fn();
  const proof = await makeProof();
  const made = popupAttempt(session, proof, done, failed);
  return { made, session, exchange, done, failed, proof, state: () => opened.searchParams.get("st") ?? "" };
}

const say = (data: unknown, from: { origin?: string; source?: unknown } = {}) =>
  dispatchEvent(Object.assign(new Event("message"), { data, origin: "https://comments.example", source: popup.window, ...from }));

test("the window is told the site, the origin, a challenge and a state, and no secret", async () => {
  const { made, proof } = await attempt();
  expect(made.open()).toBe(true);
  expect(opened.href.startsWith("https://comments.example/auth/popup?")).toBe(true);
  expect(Object.fromEntries(opened.searchParams)).toEqual({ site: "blog", origin: location.origin, ch: proof.challenge, st: expect.stringMatching(/^[\w-]{22}$/) });
  expect(opened.href).not.toContain(proof.verifier);
});

test("the right message is redeemed once and acknowledged to the server's origin alone", async () => {
  const { made, exchange, done, proof, state } = await attempt();
  made.open();
  const message = { v: 1, t: "aw.code", st: state(), c: CODE };
  say(message);
  say(message);
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(exchange).toHaveBeenCalledOnce();
  expect(exchange).toHaveBeenCalledWith("POST", "auth/exchange", { code: CODE, verifier: proof.verifier, cookie: false }, { cookie: true });
  expect(popup.posted).toEqual([[{ v: 1, t: "aw.ack", st: state() }, "https://comments.example"]]);
});

test("twenty forged messages are not heard", async () => {
  const { made, exchange, done, state } = await attempt();
  made.open();
  const right = { v: 1, t: "aw.code", st: state(), c: CODE };
  const elsewhere = ["https://evil.example", "http://comments.example", "https://comments.example:8443", "https://comments.example.evil.net", "null", ""];
  for (const origin of elsewhere) say(right, { origin });
  for (const source of [window, null, undefined, fakeWindow().window]) say(right, { source });
  const malformed = [
    null, "aw.code", 1, [right], { ...right, v: 2 }, { ...right, t: "aw.ack" }, { ...right, st: "other" }, { ...right, c: 7 },
    { ...right, c: "short" }, { ...right, c: `${CODE}<script>` }, { ...right, extra: 1 },
  ];
  for (const data of malformed) say(data);
  expect(elsewhere.length + 4 + malformed.length).toBeGreaterThanOrEqual(20);
  await Promise.resolve();
  expect(exchange).not.toHaveBeenCalled();
  expect(done).not.toHaveBeenCalled();
  expect(popup.posted).toEqual([]);
});

test("a blocked window is told at once", async () => {
  const { made } = await attempt();
  vi.spyOn(window, "open").mockReturnValue(null);
  expect(made.open()).toBe(false);
});

test("nobody is listened to after a stop", async () => {
  const { made, exchange, state } = await attempt();
  made.open();
  made.stop();
  say({ v: 1, t: "aw.code", st: state(), c: CODE });
  expect(exchange).not.toHaveBeenCalled();
});

test("after ten minutes nobody is listened to any more", async () => {
  vi.useFakeTimers();
  const { made, exchange, failed, state } = await attempt();
  made.open();
  vi.advanceTimersByTime(10 * 60_000);
  expect(failed).toHaveBeenCalledOnce();
  say({ v: 1, t: "aw.code", st: state(), c: CODE });
  expect(exchange).not.toHaveBeenCalled();
  vi.useRealTimers();
});

test("a code that was read off the window may be typed as people type", async () => {
  const { made, exchange, proof } = await attempt();
  await made.paste(" abcd-2345 ");
  expect(exchange).toHaveBeenCalledWith("POST", "auth/exchange", { pasted: "ABCD2345", verifier: proof.verifier, cookie: false }, { cookie: true });
});

test("a code in the address is redeemed only by the tab that asked for it", async () => {
  const { session, exchange } = await attempt();
  await expect(redeemReturned(session, `${CODE}.state`)).rejects.toThrow("nobody here asked");
  sessionStorage.setItem("afterword/blog/sign-in", JSON.stringify({ verifier: "v", state: "state" }));
  await expect(redeemReturned(session, `${CODE}.other`)).rejects.toThrow("nobody here asked");
  sessionStorage.setItem("afterword/blog/sign-in", JSON.stringify({ verifier: "v", state: "state" }));
  await redeemReturned(session, `${CODE}.state`);
  expect(exchange).toHaveBeenCalledWith("POST", "auth/exchange", { code: CODE, verifier: "v", cookie: false }, { cookie: true });
  expect(sessionStorage.getItem("afterword/blog/sign-in")).toBeNull();
});

test("only a message of exactly the form that carries a code carries one", () => {
  expect(codeIn({ v: 1, t: "aw.code", st: "s", c: CODE }, "s")).toBe(CODE);
  expect(codeIn({ v: 1, t: "aw.code", st: "s", c: CODE }, "another")).toBeNull();
});

test("a browser that throws instead of opening a window has blocked it", async () => {
  const { made } = await attempt();
  vi.spyOn(window, "open").mockImplementation(() => {
    throw new DOMException("not in a sandbox", "InvalidAccessError");
  });
  expect(made.open()).toBe(false);
});
