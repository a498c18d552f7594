import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { threadOf } from "../../test/thread.ts";
import { dropOldDrafts, keepDraft, readDraft } from "./drafts.ts";

const DAY = 24 * 60 * 60 * 1000;

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("a page's draft and each reply's are kept apart", () => {
  const thread = threadOf("https://comments.example/");
  keepDraft(thread, null, "above");
  keepDraft(thread, "a", "to a");
  keepDraft(thread, "b", "to b");
  expect([readDraft(thread, null), readDraft(thread, "a"), readDraft(thread, "b"), readDraft(thread, "c")]).toEqual(["above", "to a", "to b", ""]);
});

test("an emptied draft is gone", () => {
  const thread = threadOf("https://comments.example/");
  keepDraft(thread, null, "text");
  keepDraft(thread, null, "  ");
  expect(localStorage.length).toBe(0);
});

test("a draft is kept for thirty days", () => {
  const thread = threadOf("https://comments.example/");
  keepDraft(thread, null, "text");
  localStorage.setItem("somebody else's", "1");
  vi.advanceTimersByTime(30 * DAY - 1);
  dropOldDrafts(thread);
  expect(readDraft(thread, null)).toBe("text");
  vi.advanceTimersByTime(1);
  expect(readDraft(thread, null)).toBe("");
  dropOldDrafts(thread);
  expect(Object.keys(localStorage)).toEqual(["somebody else's"]);
});
