import { expect, test } from "vitest";
import { comment, conversation, replyTo, threadWith } from "../../test/thread.ts";
import { append, find, join, overlay, put } from "./merge.ts";
import { talkOf } from "./talks.ts";

const roots = (thread: ReturnType<typeof threadWith>) => thread.talks.map((talk) => talk.root);

test("a comment joins its conversation in its place in time, and replaces an older copy of itself", () => {
  const root = comment();
  const early = replyTo(root);
  const late = replyTo(root);
  const talk = join(talkOf(conversation([root, late])), [early, { ...late, likes: 3 }]);
  expect(talk.comments.map(({ id }) => id)).toEqual([root.id, early.id, late.id]);
  expect(talk.comments[2]?.likes).toBe(3);
});

test("until when one may edit survives a public copy that does not say it", () => {
  const root = comment({ editable_until: "2026-01-01T00:15:00.000Z" });
  const { editable_until: _, ...publicCopy } = root;
  expect(join(talkOf(conversation([root])), [publicCopy]).comments[0]?.editable_until).toBe(root.editable_until);
});

test("what did not change stays the same object, so that it is not drawn again", () => {
  const talk = talkOf(conversation([comment()]));
  expect(join(talk, [])).toBe(talk);
  const [first, second] = [comment(), comment()];
  const thread = threadWith([conversation([first]), conversation([second])]);
  const before = thread.listed[0];
  put(thread, { ...second, likes: 1 });
  expect(thread.listed[0]).toBe(before);
});

test("a conversation begun here stands at the end of a complete list, and on top of one that goes on", () => {
  const [pinned, old] = [comment({ pinned: true }), comment()];
  const list = [conversation([pinned], { pinned: true }), conversation([old])];
  const mine = comment();
  const whole = threadWith(list);
  put(whole, mine);
  expect(roots(whole)).toEqual([pinned.id, old.id, mine.id]);
  const partial = threadWith(list, { next: "cursor" });
  put(partial, mine);
  expect(roots(partial)).toEqual([pinned.id, mine.id, old.id]);
});

test("when the server's list reaches a conversation begun here, it takes its place there and stands once", () => {
  const [old, mine, other] = [comment(), comment(), comment()];
  const thread = threadWith([conversation([old])], { next: "cursor" });
  put(thread, mine);
  append(thread, [conversation([other]), conversation([mine])], null);
  expect(roots(thread)).toEqual([old.id, other.id, mine.id]);
});

test("a pinned conversation that comes again in its place stands once, on top", () => {
  const [pinned, other] = [comment(), comment()];
  const thread = threadWith([conversation([pinned], { pinned: true })], { next: "cursor" });
  append(thread, [conversation([other]), conversation([pinned], { pinned: true })], null);
  expect(roots(thread)).toEqual([pinned.id, other.id]);
});

test("what only this reader sees is laid over pages that come later", () => {
  const [first, root] = [comment(), comment()];
  const mine = replyTo(root, { state: "pending" });
  const thread = threadWith([conversation([first])], { next: "cursor" });
  put(thread, mine);
  expect(find(thread, mine.id)).toBeUndefined();
  append(thread, [conversation([root])], null);
  expect(find(thread, mine.id)?.state).toBe("pending");
});

test("a new order loses nothing that only this reader sees", () => {
  const [root, mine] = [comment(), comment({ state: "pending" })];
  const thread = threadWith([conversation([root])]);
  put(thread, mine);
  thread.set({ listed: [talkOf(conversation([root]))] });
  overlay(thread);
  expect(roots(thread)).toEqual([root.id, mine.id]);
});

test("pinning moves a conversation up", () => {
  const [first, second] = [comment(), comment()];
  const thread = threadWith([conversation([first]), conversation([second])]);
  put(thread, { ...second, pinned: true });
  expect(roots(thread)).toEqual([second.id, first.id]);
});
