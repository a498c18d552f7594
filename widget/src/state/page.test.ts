import { afterEach, beforeEach, expect, test } from "vitest";
import { isListed, pageQuery, pageRef } from "./page.ts";

beforeEach(() => {
  (window as unknown as { happyDOM: { setURL: (url: string) => void } }).happyDOM.setURL("https://blog.example/post/?utm_source=x#afterword");
  document.title = "A post";
});
afterEach(() => document.head.replaceChildren());

function canonical(href: string) {
  const link = document.createElement("link");
  link.rel = "canonical";
  link.href = href;
  document.head.append(link);
}

test("a page is its address without the fragment, and its title", () => {
  expect(pageRef(null, null)).toEqual({ url: "https://blog.example/post/?utm_source=x", title: "A post" });
  expect(pageRef(null, "Given").title).toBe("Given");
});

test("the canonical link is told only where it differs", () => {
  canonical("https://blog.example/post/?utm_source=x");
  expect(pageRef(null, null)).not.toHaveProperty("canonical");
  document.head.replaceChildren();
  canonical("/post");
  expect(pageRef(null, null)).toMatchObject({ canonical: "https://blog.example/post" });
});

test("an owner's own name for the page wins, unless it is an address", () => {
  canonical("/post");
  expect(pageRef("42", null)).toEqual({ id: "42", url: "https://blog.example/post/?utm_source=x", title: "A post" });
  expect(pageRef("/other", null)).toEqual({ url: "https://blog.example/other", title: "A post" });
  expect(pageRef("//evil.example", null)).toMatchObject({ id: "//evil.example" });
});

test("in a query an id is marked as one", () => {
  expect(pageQuery(pageRef("42", null))).toEqual({ page: "id:42", canonical: undefined });
  expect(pageQuery(pageRef("/other", null)).page).toBe("https://blog.example/other");
});

test("comments are taken from the site's origins exactly", () => {
  const site = { origins: ["https://blog.example"], development_until: null };
  expect(isListed(site, "https://blog.example", 0)).toBe(true);
  for (const other of ["http://blog.example", "https://blog.example:8443", "https://www.blog.example", "http://localhost:3000", "null"]) {
    expect(isListed(site, other, 0), other).toBe(false);
  }
});

test("pages on the owner's own machine count while development is on, and no longer", () => {
  const site = { origins: [], development_until: "2026-02-01T00:00:00.000Z" };
  const [before, after] = [Date.UTC(2026, 0, 31), Date.UTC(2026, 1, 2)];
  for (const local of ["http://localhost", "http://localhost:3000", "http://127.0.0.1:1313", "http://[::1]:80", "http://app.localhost:80"]) {
    expect(isListed(site, local, before), local).toBe(true);
    expect(isListed(site, local, after), local).toBe(false);
  }
  for (const no of ["https://localhost", "http://localhost.evil.net", "http://192.168.0.2", "http://notlocalhost"]) {
    expect(isListed(site, no, before), no).toBe(false);
  }
});
