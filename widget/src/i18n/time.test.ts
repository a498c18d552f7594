import { expect, test } from "vitest";
import "../../test/thread.ts";
import { exactTime, relativeTime } from "./time.ts";

const NOW = new Date(2026, 5, 15, 12, 0, 0).getTime();
const before = (ms: number) => relativeTime(new Date(NOW - ms), NOW);
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

test("a moment is told as people tell it, for a week", () => {
  expect(before(59 * SECOND)).toBe("just now");
  expect(before(MINUTE)).toBe("1 minute ago");
  expect(before(59 * MINUTE + 59 * SECOND)).toBe("59 minutes ago");
  expect(before(HOUR)).toBe("1 hour ago");
  expect(before(23 * HOUR)).toBe("23 hours ago");
  expect(before(7 * DAY - MINUTE)).toBe("6 days ago");
});

test("then it is a date, with the year if that is not this one", () => {
  expect(before(7 * DAY)).toBe("Jun 8");
  expect(before(365 * DAY)).toBe("Jun 15, 2025");
});

test("a moment yet to come is now: some clock is off", () => {
  expect(before(-DAY)).toBe("just now");
});

test("the exact time is local, with its day", () => {
  expect(exactTime(new Date(NOW))).toMatch(/Monday, June 15, 2026.*12:00/);
});
