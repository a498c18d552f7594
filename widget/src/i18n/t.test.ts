import { afterEach, expect, test } from "vitest";
import "../../test/thread.ts";
import { learn, speak, t } from "./t.ts";

afterEach(() => speak("en", { retry: "Retry", count: { one: "{n} comment", other: "{n} comments" } }));

test("strings are filled in, and count in words that fit", () => {
  expect(t("by", { name: "Ada" })).toBe("Comment by Ada");
  expect([0, 1, 2, 1234].map((n) => t("count", { n }))).toEqual(["0 comments", "1 comment", "2 comments", "1,234 comments"]);
});

test("what somebody is called is never filled in itself", () => {
  expect(t("by", { name: "{name} $& {n}" })).toBe("Comment by {name} $& {n}");
});

test("another language has its own plurals and numbers, and what it lacks stays English", () => {
  speak("pl", { count: { one: "{n} komentarz", few: "{n} komentarze", many: "{n} komentarzy", other: "{n} komentarza" } });
  expect([1, 2, 5, 12345].map((n) => t("count", { n }))).toEqual(["1 komentarz", "2 komentarze", "5 komentarzy", "12\u00a0345 komentarzy"]);
  expect(t("retry")).toBe("Retry");
});

test("a chunk that arrives later does not undo a translation", () => {
  speak("de", { retry: "Nochmal" });
  learn({ retry: "Retry" });
  expect(t("retry")).toBe("Nochmal");
});
