import { beforeEach, expect, test, vi } from "vitest";
import { contrast, look, parseColour } from "./theme.ts";

type Style = Partial<Record<"backgroundColor" | "backgroundImage" | "color" | "colorScheme", string>>;

/** A page whose elements have these computed styles. */
function page({ body = {}, place = {}, link = "rgb(0, 0, 238)", system = "light" }: { body?: Style; place?: Style; link?: string; system?: "light" | "dark" }) {
  const plain = { backgroundColor: "rgba(0, 0, 0, 0)", backgroundImage: "none", color: "rgb(0, 0, 0)", colorScheme: "normal" };
  const host = document.createElement("div");
  document.body.replaceChildren(host);
  vi.spyOn(window, "getComputedStyle").mockImplementation((element) => {
    const own = element === host ? place : element === document.body ? body : {};
    const inherited = { color: body.color ?? plain.color, colorScheme: body.colorScheme ?? plain.colorScheme };
    return { ...plain, ...inherited, ...own, ...(element.tagName === "A" && { color: link }) } as CSSStyleDeclaration;
  });
  vi.stubGlobal("matchMedia", () => ({ matches: system === "dark" }));
  return host;
}

beforeEach(() => vi.restoreAllMocks());

test("the page's color-scheme decides, whatever the system prefers", () => {
  expect(look(page({ body: { colorScheme: "dark" } }), "auto").dark).toBe(true);
  expect(look(page({ body: { colorScheme: "only light" }, system: "dark" }), "auto").dark).toBe(false);
});

test("without a scheme the background decides", () => {
  expect(look(page({ body: { backgroundColor: "rgb(20, 23, 28)" } }), "auto").dark).toBe(true);
  expect(look(page({ body: { backgroundColor: "rgb(251, 247, 239)" }, system: "dark" }), "auto").dark).toBe(false);
  expect(look(page({ body: { colorScheme: "light dark", backgroundColor: "rgb(255, 255, 255)" }, system: "dark" }), "auto").dark).toBe(false);
});

test("a see-through layer is looked through", () => {
  expect(look(page({ place: { backgroundColor: "rgba(255, 255, 255, 0.1)" }, body: { backgroundColor: "rgb(0, 0, 0)" } }), "auto").dark).toBe(true);
});

test("on a picture the text tells", () => {
  expect(look(page({ body: { backgroundImage: "url(x)", color: "rgb(240, 240, 240)" } }), "auto").dark).toBe(true);
  expect(look(page({ body: { backgroundImage: "url(x)", color: "rgb(20, 20, 20)" } }), "auto").dark).toBe(false);
});

test("a bare page is white, unless it says that it suits both", () => {
  expect(look(page({ system: "dark" }), "auto").dark).toBe(false);
  expect(look(page({ body: { colorScheme: "light dark" }, system: "dark" }), "auto").dark).toBe(true);
});

test("the page's link colour is the accent if it can be read, with text on it that can", () => {
  expect(look(page({ link: "rgb(11, 99, 176)" }), "auto")).toEqual({ dark: false, accent: "rgb(11, 99, 176)", onAccent: "#fff" });
  const bright = look(page({ body: { backgroundColor: "rgb(20, 23, 28)" }, link: "rgb(124, 196, 255)" }), "auto");
  expect(bright).toEqual({ dark: true, accent: "rgb(124, 196, 255)", onAccent: "#111" });
});

test("a link colour that cannot be read, or that nobody chose, is not used", () => {
  expect(look(page({ link: "rgb(255, 200, 0)" }), "auto").accent).toBe("");
  expect(look(page({ link: "rgb(0, 0, 238)" }), "auto").accent).toBe("");
});

test("a look that was asked for is kept, without the accent of a page that looks otherwise", () => {
  expect(look(page({ link: "rgb(11, 99, 176)" }), "dark")).toEqual({ dark: true, accent: "", onAccent: "#0b1220" });
  expect(look(page({ link: "rgb(11, 99, 176)" }), "light").accent).toBe("rgb(11, 99, 176)");
});

test("looking leaves nothing on the page", () => {
  const host = page({});
  look(host, "auto");
  expect([...document.body.children]).toEqual([host]);
});

test("colours are read as browsers compute them, and others by painting them", () => {
  expect(parseColour("rgb(1, 2, 3)")).toEqual([1, 2, 3, 1]);
  expect(parseColour("rgba(1, 2, 3, 0.5)")).toEqual([1, 2, 3, 0.5]);
  const context = { fillStyle: "", fillRect: vi.fn(), getImageData: () => ({ data: [10, 20, 30, 255] }) };
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context as unknown as never);
  expect(parseColour("oklch(0.2 0.03 150)")).toEqual([10, 20, 30, 1]);
  expect(context.fillStyle).toBe("oklch(0.2 0.03 150)");
});

test("contrast is what WCAG says", () => {
  expect(contrast([255, 255, 255, 1], [0, 0, 0, 1])).toBeCloseTo(21, 5);
  expect(contrast([118, 118, 118, 1], [255, 255, 255, 1])).toBeCloseTo(4.54, 2);
});
