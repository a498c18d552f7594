import { expect, test, vi } from "vitest";
import { server, threadOf } from "../../test/thread.ts";
import { isProblem } from "../api/problem.ts";
import type { Mine } from "../api/schema.ts";
import { type Sso, visit } from "./visit.ts";

const encoded = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
let minted = 0;
/** A token as a site signs one; nobody here looks at the signature. */
const token = (sub: string, name: string, role?: string) => `${encoded({ alg: "HS256" })}.${encoded({ sub, name, role, jti: String(++minted) })}.c2lnbmF0dXJl`;

async function page(sso: Sso | null, { mock = null as Awaited<ReturnType<typeof server>> | null, on = true } = {}) {
  const there = mock ?? (await server({ sso: on }));
  const thread = threadOf(`https://${crypto.randomUUID()}.example/`);
  await thread.load();
  const me = visit(thread);
  await me.arrive(null, sso);
  const asked = () => there.world.requests.filter(({ path }) => path === "auth/sso").length;
  return { mock: there, thread, me, asked };
}

test("whom the site names is signed in without a window, and it is remembered for the next page", async () => {
  const { mock, thread, asked } = await page(token("7", "Zoe"));
  expect(thread.reader.visitor).toMatchObject({ kind: "member", name: "Zoe", via: { kind: "sso" } });
  const next = await page(token("7", "Zoe"), { mock });
  expect(next.thread.reader.visitor).toMatchObject({ name: "Zoe" });
  expect(asked()).toBe(1);
});

test("a function is asked for the token", async () => {
  const { thread } = await page(() => Promise.resolve(token("7", "Zoe")));
  expect(thread.reader.visitor).toMatchObject({ name: "Zoe" });
});

test("a session of somebody else gives way to whom the site names", async () => {
  const { mock } = await page(token("7", "Zoe"));
  const { thread } = await page(token("8", "Yan"), { mock });
  expect(thread.reader.visitor).toMatchObject({ name: "Yan" });
});

test("a token that says something new of the same member is presented, so that a role ends at once", async () => {
  const { mock } = await page(token("7", "Zoe", "moderator"));
  const same = await page(token("7", "Zoe", "moderator"), { mock });
  expect(same.asked()).toBe(1);
  const less = await page(token("7", "Zoe", "none"), { mock });
  expect(less.asked()).toBe(2);
});

test("a site that has nobody signed in ends the session it began, and no other", async () => {
  const { mock } = await page(token("7", "Zoe"));
  const { me } = await page("", { mock });
  expect(me.session.isMember).toBe(false);
  const other = await page(null, { mock });
  other.me.session.accept(mock.signIn(mock.account("ada@example.org", { name: "Ada" })) as never, true);
  const { me: still } = await page("", { mock });
  expect(still.session.isMember).toBe(true);
});

test("the function is asked again when the server has ended the session", async () => {
  const source = vi.fn(() => Promise.resolve(token("7", "Zoe")));
  const { mock, thread, me } = await page(source);
  mock.expire();
  mock.world.refresh.clear();
  const { visitor } = await me.session.as((bearer) => thread.api.get<Mine>("mine", { page: "/article" }, { bearer }));
  expect(visitor.name).toBe("Zoe");
  expect(source).toHaveBeenCalledTimes(2);
});

test("who signs out is not signed in again behind their back", async () => {
  const source = vi.fn(() => Promise.resolve(token("7", "Zoe")));
  const { thread, me } = await page(source);
  await me.signOut(false);
  await me.refresh();
  await expect(me.session.as((bearer) => thread.api.send("POST", "comments", {}, { bearer }))).rejects.toSatisfy((error) => isProblem(error, "sign-in-needed"));
  expect(source).toHaveBeenCalledOnce();
});

test("who signed out in another tab is not signed in again here either", async () => {
  const source = vi.fn(() => Promise.resolve(token("7", "Zoe")));
  const { mock, me } = await page(source);
  mock.expire();
  localStorage.removeItem("afterword/blog/session"); // The other tab's word has not come through yet.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  await me.refresh();
  vi.useRealTimers();
  expect(me.session.isMember).toBe(false);
  expect(source).toHaveBeenCalledOnce();
});

test("two threads of a page that hold the same token use it once", async () => {
  const mock = await server({ sso: true });
  const base = `https://${crypto.randomUUID()}.example/`;
  const same = token("7", "Zoe");
  const threads = [threadOf(base), threadOf(base)];
  for (const thread of threads) await thread.load();
  const warned = vi.spyOn(console, "warn");
  await Promise.all(threads.map((thread) => visit(thread).arrive(null, same)));
  expect(threads.map(({ reader }) => reader.visitor?.kind)).toEqual(["member", "member"]);
  expect(mock.world.requests.filter(({ path }) => path === "auth/sso")).toHaveLength(1);
  expect(warned).not.toHaveBeenCalled();
});

for (const [what, sso, said, on] of [
  ["a token that is none", "nonsense", "not a JSON Web Token", true],
  ["a token of nobody", `x.${encoded({ name: "Zoe" })}.y`, "names nobody", true],
  ["a site that has not switched it on", token("7", "Zoe"), "not switched on", false],
  ["a function that fails", () => Promise.reject(new Error("the members' service is away")), "the members' service is away", true],
  ["a function that gives something else", () => Promise.resolve(42), "not a string", true],
] as [string, Sso, string, boolean][]) {
  test(`${what} is told in the console, and people sign in as elsewhere`, async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { thread, me } = await page(sso, { on });
    expect(warned).toHaveBeenCalledWith(expect.stringContaining(said));
    expect(me.session.isMember).toBe(false);
    expect(thread.site).not.toBeNull();
  });
}

test("a token that was used before is refused by the server, which says why", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const used = token("7", "Zoe");
  const { mock, me } = await page(used);
  await me.signOut(false);
  await page(used, { mock });
  expect(warned).toHaveBeenCalledWith("Afterword: single sign-on did not work: this token was used before.");
});
