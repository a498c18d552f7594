import { expect, test } from "vitest";
import { keyFrom, originOf, snippet } from "./addresses.js";

test("what owners type becomes the origin that browsers send", () => {
  for (const [typed, origin] of [
    ["blog.example", "https://blog.example"],
    [" https://Blog.Example/about?x#y ", "https://blog.example"],
    ["http://blog.example:80/", "http://blog.example"],
    ["localhost:3000", "http://localhost:3000"],
    ["127.0.0.1:8081/x", "http://127.0.0.1:8081"],
    ["[::1]:1313", "http://[::1]:1313"],
    ["bücher.example", "https://xn--bcher-kva.example"],
  ] as const) {
    expect(originOf(typed), typed).toBe(origin);
  }
});

test("what is no web address is not made into one", () => {
  for (const typed of ["", "blog", "ftp://blog.example", "javascript:alert(1)", "https://", "a b.example"]) {
    expect(originOf(typed), typed).toBeNull();
  }
});

test("a key is made from the name, or else from the address", () => {
  expect(keyFrom("Zoë’s Notes & Things", null)).toBe("zoes-notes-things");
  expect(keyFrom("مقهى الميناء", "https://www.harbour.example")).toBe("harbour");
  expect(keyFrom("", null)).toBe("");
  expect(keyFrom("x".repeat(60), null)).toHaveLength(40);
  expect(keyFrom(`${"x".repeat(39)} y`, null)).toBe("x".repeat(39));
});

test("the snippet is the tag that pages embed", () => {
  expect(snippet("https://c.example", "blog")).toBe(
    '<script async src="https://c.example/embed.js" data-site="blog"></script>\n<div id="afterword"></div>',
  );
});
