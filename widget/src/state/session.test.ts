import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { server } from "../../test/thread.ts";
import { createApi } from "../api/client.ts";
import { isProblem } from "../api/problem.ts";
import type { Mine, SessionAnswer } from "../api/schema.ts";
import { Session } from "./session.ts";
import { shelfKey } from "./shelf.ts";

const STORED = shelfKey("blog", "session");

beforeEach(() => localStorage.clear());
afterEach(() => vi.useRealTimers());

/** Ada is signed in, and this browser holds what the server gave her. */
async function signedIn() {
  const mock = await server();
  const ada = mock.account("ada@example.org", { name: "Ada" });
  const { refresh } = mock.signIn(ada);
  localStorage.setItem(STORED, JSON.stringify({ refresh }));
  const api = createApi(mock.url, "blog");
  const asked = (path: string) => mock.world.requests.filter((request) => request.path === path).length;
  const mine = (session: Session) => session.as((bearer) => api.get<Mine>("mine", { page: "/article" }, { bearer }));
  return { mock, api, refresh, asked, mine };
}

test("a page that was just opened refreshes before its first request, and only then", async () => {
  const { api, asked, mine } = await signedIn();
  const session = new Session(api);
  expect((await mine(session)).visitor.name).toBe("Ada");
  await mine(session);
  expect(asked("auth/refresh")).toBe(1);
});

test("requests that start together refresh once", async () => {
  const { api, asked, mine } = await signedIn();
  const session = new Session(api);
  await Promise.all([mine(session), mine(session), mine(session)]);
  expect(asked("auth/refresh")).toBe(1);
});

test("after ten minutes the next write refreshes by itself", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const { api, asked, mine } = await signedIn();
  const session = new Session(api);
  await mine(session);
  vi.setSystemTime(Date.now() + 9 * 60_000 + 31_000);
  await mine(session);
  expect(asked("auth/refresh")).toBe(2);
});

test("a token the server no longer knows is renewed once, and the request made again", async () => {
  const { mock, api, asked, mine } = await signedIn();
  const session = new Session(api);
  await mine(session);
  mock.expire();
  expect((await mine(session)).visitor.name).toBe("Ada");
  expect(asked("auth/refresh")).toBe(2);
});

test("a refusal that is about something else is not repeated", async () => {
  const { mock, api, asked } = await signedIn();
  const session = new Session(api);
  mock.fail("POST", /^comments$/, mock.refuse(429, "too-fast", "too many requests", { retry_after: 18 }), 5);
  const post = session.as((bearer) => api.send("POST", "comments", {}, { bearer }));
  await expect(post).rejects.toSatisfy((error) => isProblem(error, "too-fast"));
  expect(asked("comments")).toBe(1);
});

test("a session that ended elsewhere is forgotten, and its owner is a guest or nobody", async () => {
  const { mock, api } = await signedIn();
  const session = new Session(api);
  mock.world.refresh.clear();
  expect(await session.as(async (bearer) => bearer)).toBeNull();
  expect(session.isMember).toBe(false);
  expect(localStorage.getItem(STORED)).toBeNull();
});

test("a server that is away ends no session", async () => {
  const { mock, api, mine } = await signedIn();
  const session = new Session(api);
  mock.fail("POST", /refresh/, "drop");
  await expect(mine(session)).rejects.toThrow();
  expect(session.isMember).toBe(true);
  expect((await mine(session)).visitor.name).toBe("Ada");
});

test("only one tab refreshes at a time, and the other uses what that one stored", async () => {
  const { mock, api, mine } = await signedIn();
  let last: Promise<unknown> = Promise.resolve();
  vi.stubGlobal("navigator", { locks: { request: (_: string, work: () => Promise<unknown>) => (last = last.then(work)) } });
  const rotated = vi.fn(() => ({ access: "", expires_in_secs: 600, refresh: "", visitor: { kind: "guest", name: null } }) as SessionAnswer);
  const sent: unknown[] = [];
  vi.spyOn(api, "send").mockImplementation((async (_: string, path: string, body: { refresh?: string }) => {
    if (path !== "auth/refresh") throw new Error(path);
    sent.push(body.refresh);
    const { access } = mock.signIn(mock.account("ada@example.org"));
    return { ...rotated(), access, refresh: `rt_${sent.length}` };
  }) as typeof api.send);
  const [first, second] = [new Session(api), new Session(api)];
  await Promise.all([mine(first), mine(second)]);
  expect(sent[1]).toBe("rt_1");
});

test("a refresh token that a cookie holds is not stored", async () => {
  const { api } = await signedIn();
  localStorage.clear();
  const session = new Session(api);
  session.accept({ access: "at_1", expires_in_secs: 600, visitor: { kind: "member", id: "1", name: "Ada", role: "none", hue: 1 } }, true);
  expect(localStorage.getItem(STORED)).toBe("{}");
  expect(JSON.stringify(localStorage)).not.toContain("at_1");
});

test("the access token is never stored", async () => {
  const { api, mine } = await signedIn();
  await mine(new Session(api));
  for (const key of Object.keys(localStorage)) expect(localStorage.getItem(key)).not.toMatch(/at_/);
});

test("signing out tells the server and the other tabs", async () => {
  const { mock, api, refresh, mine } = await signedIn();
  const [here, there] = [new Session(api), new Session(api)];
  await mine(here);
  await mine(there);
  const told = vi.fn();
  there.watch(told);
  await here.signOut(false);
  expect(mock.world.refresh.has(refresh)).toBe(false);
  expect(here.isMember).toBe(false);
  await vi.waitFor(() => expect(told).toHaveBeenCalled());
  expect(there.isMember).toBe(false);
});

test("signing in elsewhere is heard when the stored session changes", async () => {
  const { api } = await signedIn();
  const session = new Session(api);
  const told = vi.fn();
  session.watch(told);
  dispatchEvent(Object.assign(new Event("storage"), { key: "something else" }));
  expect(told).not.toHaveBeenCalled();
  dispatchEvent(Object.assign(new Event("storage"), { key: STORED }));
  expect(told).toHaveBeenCalledOnce();
});

test("a session that goes from the storage is over in this tab, too", async () => {
  const { api, mine } = await signedIn();
  const session = new Session(api);
  await mine(session);
  localStorage.removeItem(STORED);
  dispatchEvent(Object.assign(new Event("storage"), { key: STORED, newValue: null }));
  expect(session.isMember).toBe(false);
});

test("a late refusal does not end the session that somebody has begun meanwhile", async () => {
  const { mock, api } = await signedIn();
  const session = new Session(api);
  mock.world.refresh.clear();
  const asking = session.as(async (bearer) => bearer);
  const { refresh } = mock.signIn(mock.account("zoe@example.org", { name: "Zoe" }));
  localStorage.setItem(STORED, JSON.stringify({ refresh }));
  await asking;
  expect(localStorage.getItem(STORED)).toContain(refresh);
  expect(session.isMember).toBe(true);
});

test("a lost answer to a refresh leaves the token that the server still takes", async () => {
  const { mock, api, refresh, mine } = await signedIn();
  const session = new Session(api);
  for (let lost = 0; lost < 3; lost++) {
    mock.fail("POST", /refresh/, "drop");
    await expect(mine(session)).rejects.toThrow();
    expect(localStorage.getItem(STORED)).toContain(refresh);
  }
  expect((await mine(session)).visitor.name).toBe("Ada");
});

test("a guest who is not to be remembered is known to this tab, and nothing of them stays", async () => {
  const mock = await server();
  const api = createApi(mock.url, "blog");
  const session = new Session(api);
  session.becomeGuest("Wren", "", false);
  expect(Object.keys(localStorage)).toEqual([]);
  expect(new Session(api).guest?.name).toBe("Wren");
  const { token } = session.guest as { token: string };
  session.becomeGuest("Wren", "", true);
  expect(session.guest?.token).toBe(token);
  expect(Object.keys(sessionStorage)).toEqual([]);
  session.becomeGuest("Wren", "", false);
  expect(Object.keys(localStorage)).toEqual([]);
  session.forgetGuest();
  expect(session.guest).toBeNull();
});

test("a guest is a token of this browser's making and a name, the same the next time", async () => {
  const mock = await server();
  const api = createApi(mock.url, "blog");
  const session = new Session(api);
  session.becomeGuest("Wren", "", true);
  const bearer = await session.as(async (token) => token);
  expect(bearer).toMatch(/^gt_[\w-]{43}$/);
  session.becomeGuest("Wren the second", "wren@example.org", true);
  const next = new Session(api);
  expect(next.guest).toEqual({ token: bearer, name: "Wren the second", email: "wren@example.org" });
});

test("where storage is denied, who one is lasts as long as the page", async () => {
  const mock = await server();
  vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const session = new Session(createApi(mock.url, "blog"));
  session.becomeGuest("Wren", "", true);
  expect(session.guest?.name).toBe("Wren");
  session.accept(mock.signIn(mock.account("ada@example.org", { name: "Ada" })) as unknown as SessionAnswer, true);
  expect(session.isMember).toBe(true);
});

test("whether a cookie is kept is asked twice, once for a page, and never over plain http", async () => {
  const { mock, api, asked } = await signedIn();
  const session = new Session(api);
  expect(await Promise.all([session.keepsCookie(), session.keepsCookie()])).toEqual([false, false]);
  expect(asked("auth/probe")).toBe(2);
  expect(mock.world.requests.filter(({ path }) => path === "auth/probe").every(({ headers, credentials }) => headers["x-afterword"] === "1" && credentials === "include")).toBe(true);
  const plain = new Session(createApi("http://comments.example/", "blog"));
  expect(await plain.keepsCookie()).toBe(false);
  expect(asked("auth/probe")).toBe(2);
});

test("a browser that denies tabs to know of each other still keeps its session", async () => {
  vi.stubGlobal("BroadcastChannel", function denied() {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
  vi.stubGlobal("navigator", { ...navigator, locks: { request: () => Promise.reject(new DOMException("not allowed", "SecurityError")) } });
  try {
    const { api, asked, mine } = await signedIn();
    const session = new Session(api);
    expect((await mine(session)).visitor.name).toBe("Ada");
    expect(asked("auth/refresh")).toBe(1);
  } finally {
    vi.unstubAllGlobals();
  }
});
