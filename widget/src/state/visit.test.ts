import { beforeEach, expect, test, vi } from "vitest";
import { server, threadOf } from "../../test/thread.ts";
import { find } from "./merge.ts";
import { shelfKey } from "./shelf.ts";
import { visit } from "./visit.ts";

beforeEach(() => localStorage.clear());

async function arrived({ role = "none", signedIn = true } = {}) {
  const mock = await server();
  const ada = mock.account("ada@example.org", { name: "Ada", role });
  const alan = mock.account("alan@example.org", { name: "Alan" });
  const page = mock.thread("path:/article");
  const theirs = mock.add(page, { body: "Theirs", by: { account: alan.id } });
  const mine = mock.add(page, { body: "Mine", by: { account: ada.id } });
  const waiting = mock.add(page, { body: "Waiting", by: { guest: "gt_x", name: "Wren" }, standing: "pending" });
  if (signedIn) localStorage.setItem(shelfKey("blog", "session"), JSON.stringify({ refresh: mock.signIn(ada).refresh }));
  const emit = vi.fn();
  const thread = threadOf(`https://${crypto.randomUUID()}.example/`, emit);
  await thread.load();
  const me = visit(thread);
  await me.arrive(null, null);
  return { mock, thread, me, emit, theirs, mine, waiting };
}

const likes = (thread: ReturnType<typeof threadOf>, id: string) => find(thread, id)?.likes;

test("who arrives is told what is theirs", async () => {
  const { thread, mine, theirs, waiting } = await arrived();
  expect(thread.reader.visitor).toMatchObject({ kind: "member", name: "Ada" });
  expect(thread.reader.own.has(mine.id)).toBe(true);
  expect(thread.reader.own.has(theirs.id)).toBe(false);
  expect(find(thread, waiting.id)).toBeUndefined();
});

test("staff see what waits for approval", async () => {
  const { thread, waiting } = await arrived({ role: "moderator" });
  expect(find(thread, waiting.id)?.state).toBe("pending");
});

test("nobody that this browser knows costs no request", async () => {
  const { mock, thread } = await arrived({ signedIn: false });
  expect(mock.world.requests.map(({ path }) => path)).toEqual(["thread"]);
  expect(thread.reader.visitor).toBeNull();
});

test("a like shows at once and is confirmed", async () => {
  const { thread, me, theirs } = await arrived();
  const done = me.like(find(thread, theirs.id) as never);
  expect(likes(thread, theirs.id)).toBe(1);
  expect(thread.reader.liked.has(theirs.id)).toBe(true);
  await done;
  expect(theirs.likes.size).toBe(1);
  await me.like(find(thread, theirs.id) as never);
  expect(likes(thread, theirs.id)).toBe(0);
  expect(theirs.likes.size).toBe(0);
});

test("a like the server does not take is undone, and that is said", async () => {
  const { mock, thread, me, theirs } = await arrived();
  mock.fail("PUT", /like$/, mock.refuse(500, "internal", ""));
  await me.like(find(thread, theirs.id) as never);
  expect(likes(thread, theirs.id)).toBe(0);
  expect(thread.reader.liked.has(theirs.id)).toBe(false);
  expect(thread.said).toBe("Your like could not be saved. Try again.");
});

test("a like while signed out waits for the sign-in, and shows nothing before", async () => {
  const { mock, thread, me, theirs } = await arrived({ signedIn: false });
  await me.like(find(thread, theirs.id) as never);
  expect(thread.asking).toMatchObject({ at: theirs.id, what: "sign-in" });
  expect(likes(thread, theirs.id)).toBe(0);
  me.session.accept(mock.signIn(mock.account("ada@example.org")) as never, true);
  thread.asking?.after?.();
  await vi.waitFor(() => expect(theirs.likes.size).toBe(1));
});

test("a removed comment goes, and the focus to what comes after it", async () => {
  const { thread, me, mine, theirs } = await arrived();
  await me.remove(find(thread, mine.id) as never);
  expect(find(thread, mine.id)).toBeUndefined();
  expect(thread.focus).toEqual({ id: theirs.id });
  expect(thread.thread.count).toBe(1);
});

test("a removed comment that was answered leaves a tombstone", async () => {
  const { mock, thread, me, mine } = await arrived();
  mock.add(mock.thread("path:/article"), { body: "An answer", by: { account: mock.account("alan@example.org").id }, parent: mine.id });
  await thread.load();
  await me.remove(find(thread, mine.id) as never);
  expect(find(thread, mine.id)).toMatchObject({ state: "removed", author: null, body: null });
  expect(thread.focus).toEqual({ id: mine.id });
});

test("signing out takes away what only they could see, and tells the page", async () => {
  const { thread, me, emit, waiting } = await arrived({ role: "moderator" });
  await me.signOut(false);
  await vi.waitFor(() => expect(thread.reader.visitor).toBeNull());
  expect(find(thread, waiting.id)).toBeUndefined();
  expect(emit).toHaveBeenCalledWith("signed-out", null);
});

test("who cannot reach the server is still signed in, and told so", async () => {
  const { mock, thread, me } = await arrived();
  mock.fail("POST", /logout/, "drop");
  await me.signOut(false);
  expect(me.session.isMember).toBe(true);
  expect(thread.said).toContain("still signed in");
});
