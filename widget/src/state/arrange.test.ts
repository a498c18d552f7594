import { expect, test } from "vitest";
import { comment, replyTo } from "../../test/thread.ts";
import type { Comment } from "../api/schema.ts";
import { type Branch, LEVELS, arrange } from "./arrange.ts";

const depthOf = (branch: Branch): number => 1 + Math.max(0, ...branch.replies.map(depthOf));
const ids = (branch: Branch): unknown => [branch.comment.id, ...branch.replies.map(ids)];

function chain(length: number): Comment[] {
  const all = [comment({ id: "c0" })];
  for (let n = 1; n < length; n++) all.push(replyTo(all[n - 1] as Comment, { id: `c${n}` }));
  return all;
}

test("replies stand in lists below what they answer, in the order of the conversation", () => {
  const root = comment({ id: "root" });
  const first = replyTo(root, { id: "first" });
  const second = replyTo(root, { id: "second" });
  const late = replyTo(first, { id: "late" });
  expect(ids(arrange([root, first, second, late]) as Branch)).toEqual(["root", ["first", ["late"]], ["second"]]);
});

test("below the cap, replies stand in one list, each after what it answers", () => {
  const all = chain(LEVELS + 3);
  const branching = replyTo(all[LEVELS] as Comment, { id: "aside" });
  const root = arrange([...all, branching]) as Branch;
  expect(depthOf(root)).toBe(LEVELS + 1);
  let deepest = root;
  for (let level = 1; level < LEVELS; level++) deepest = deepest.replies[0] as Branch;
  expect(deepest.replies.map(({ comment: { id } }) => id)).toEqual(["c6", "c7", "c8", "aside"]);
});

test("a reply tells whom it answers where its place does not", () => {
  const all = chain(LEVELS + 2);
  const root = arrange(all) as Branch;
  const last = root.replies[0]?.replies[0]?.replies[0]?.replies[0]?.replies[0]?.replies[1];
  expect(last?.comment.id).toBe("c7");
  expect(last?.answers?.id).toBe("c6");
  expect(root.replies[0]?.answers).toBeNull();
});

test("a conversation 100,000 deep is arranged without running out of stack", () => {
  const root = arrange(chain(100_000)) as Branch;
  expect(depthOf(root)).toBe(LEVELS + 1);
});

test("a reply whose parent is not loaded stands below the first comment", () => {
  const root = comment({ id: "root" });
  const lost = comment({ id: "lost", root: "root", parent: "not loaded", depth: 7 });
  expect(ids(arrange([root, lost]) as Branch)).toEqual(["root", ["lost"]]);
});

test("nothing loaded is nothing to draw", () => {
  expect(arrange([])).toBeUndefined();
});
