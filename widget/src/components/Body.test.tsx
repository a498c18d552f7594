import { render } from "@testing-library/preact";
import { expect, test } from "vitest";
import "../../test/thread.ts";
import type { Block, Inline } from "../api/schema.ts";
import { Body } from "./Body.tsx";

function draw(tree: unknown[]) {
  return render(<Body tree={tree as Block[]} />).container.firstElementChild as HTMLElement;
}
const paragraph = (...c: Inline[]): Block => ({ t: "p", c });

test("every kind of node becomes its element", () => {
  const body = draw([
    paragraph({ t: "strong", c: ["bold"] }, " ", { t: "em", c: ["it"] }, { t: "br" }, { t: "del", c: ["gone"] }, { t: "code", s: "x" }),
    { t: "quote", c: [paragraph("said")] },
    { t: "ul", items: [[paragraph("a")], [paragraph("b")]] },
    { t: "ol", start: 3, items: [[paragraph("c")]] },
    { t: "pre", lang: "rust", s: "fn main() {}\n" },
  ]);
  const tags = [...body.querySelectorAll("*")].map(({ tagName }) => tagName.toLowerCase());
  expect(tags).toEqual(["p", "strong", "em", "br", "del", "code", "blockquote", "p", "ul", "li", "p", "li", "p", "ol", "li", "p", "pre", "code"]);
  expect(body.querySelector("ol")?.getAttribute("start")).toBe("3");
});

test("markup in text stays text", () => {
  const body = draw([paragraph("<img src=x onerror=alert(1)>", { t: "code", s: "</code><script>" })]);
  expect(body.querySelectorAll("img, script")).toHaveLength(0);
  expect(body.textContent).toBe("<img src=x onerror=alert(1)></code><script>");
});

test("a link leads to the web or to mail, and tells nothing to where it leads", () => {
  const body = draw([paragraph({ t: "a", href: "https://example.org/", c: ["a"] }, { t: "a", href: "mailto:a@example.org", c: ["b"] })]);
  const links = [...body.querySelectorAll("a")];
  expect(links.map((link) => link.getAttribute("href"))).toEqual(["https://example.org/", "mailto:a@example.org"]);
  for (const link of links) expect(link.rel).toBe("nofollow ugc noopener noreferrer");
});

test("any other target is no link, should one ever get here", () => {
  for (const href of ["javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "//example.org", "/path", "https:evil", ""]) {
    const body = draw([paragraph({ t: "a", href, c: ["text"] })]);
    expect(body.querySelector("a"), href).toBeNull();
    expect(body.textContent).toBe("text");
  }
});

test("code runs left to right, and a block of it can be reached and has a name", () => {
  const body = draw([{ t: "pre", lang: "rust", s: "x" }, { t: "pre", s: "y" }]);
  const [named, plain] = [...body.querySelectorAll("pre")];
  expect(named?.getAttribute("aria-label")).toBe("Code, rust");
  expect(plain?.getAttribute("aria-label")).toBe("Code");
  for (const block of [named, plain]) {
    expect(block?.tabIndex).toBe(0);
    expect(block?.getAttribute("dir")).toBe("ltr");
  }
});

test("every block finds its own direction", () => {
  const body = draw([paragraph("שלום"), { t: "quote", c: [paragraph("a")] }, { t: "ul", items: [[paragraph("b")]] }]);
  for (const block of body.querySelectorAll("p, blockquote, ul, li")) expect(block.getAttribute("dir")).toBe("auto");
});

test("what a later server may send is shown as far as it is understood", () => {
  expect(draw([{ t: "spoiler", c: [paragraph("inside")] }, { t: "image", src: "x" }]).textContent).toBe("inside");
});

test("a tree deeper than the server makes them ends somewhere", () => {
  let tree: Block = paragraph("bottom");
  for (let depth = 0; depth < 5000; depth++) tree = { t: "quote", c: [tree] };
  expect(draw([tree]).querySelectorAll("blockquote").length).toBeLessThan(50);
});

test("what a page puts on Object.prototype does not get onto elements", () => {
  Object.assign(Object.prototype, { polluted: "yes", onclick: "alert(1)", dangerouslySetInnerHTML: { __html: "<b>x</b>" } });
  try {
    const body = draw([paragraph("text")]);
    expect(body.outerHTML).toBe('<div class="body" part="body"><p dir="auto">text</p></div>');
  } finally {
    for (const name of ["polluted", "onclick", "dangerouslySetInnerHTML"]) delete (Object.prototype as Record<string, unknown>)[name];
  }
});
