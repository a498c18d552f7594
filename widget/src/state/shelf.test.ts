import { beforeEach, expect, test, vi } from "vitest";
import { shelf } from "./shelf.ts";

beforeEach(() => localStorage.clear());

test("what is written is read again, by this page and the next", () => {
  shelf("blog").write("order", "newest");
  expect(shelf("blog").read("order")).toBe("newest");
  shelf("blog").remove("order");
  expect(shelf("blog").read("order")).toBeNull();
});

test("sites do not see each other's", () => {
  shelf("blog").write("order", "newest");
  expect(shelf("news").read("order")).toBeNull();
});

test("something that is not ours under our name is as good as nothing", () => {
  localStorage.setItem("afterword/blog/order", "{not JSON");
  expect(shelf("blog").read("order")).toBeNull();
});

test("where storage is denied or full, it is remembered until the page goes", () => {
  vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const denied = shelf("blog");
  denied.write("order", "best");
  expect(denied.read("order")).toBe("best");
  denied.remove("order");
  expect(denied.read("order")).toBeNull();
  vi.restoreAllMocks();
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const full = shelf("blog");
  full.write("order", "best");
  expect(full.read("order")).toBe("best");
});
