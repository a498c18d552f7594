import { expect, test } from "vitest";
import { hint, MIN_CHARS } from "./passwords.js";

test("counts what a person would count as characters", () => {
  expect(hint("🦊".repeat(MIN_CHARS - 1), []).text).toBe("1 more character.");
  expect(hint("abc", []).text).toBe("12 more characters.");
});

test("advises against what is tried first", () => {
  expect(hint("aaaaaaaaaaaaaaaaaa", []).text).toContain("different characters");
  expect(hint("ines.calder and more", ["Calder", "ines"]).text).toContain("Leave out your name");
  expect(hint("lantern otter gravel", ["Calder"]).strength).toBe(1);
});
