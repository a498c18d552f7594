/** Looks at the page, to look like it: light or dark, and the colour of its links as accent. */

export type Theme = "auto" | "light" | "dark";
/** `accent` is empty where the page's cannot be used; `onAccent` is the text on it. */
export type Look = { dark: boolean; accent: string; onAccent: string };

type Colour = readonly number[];

const WHITE: Colour = [255, 255, 255, 1];
const BLACK: Colour = [0, 0, 0, 1];

/** A computed colour as red, green, blue (0–255) and alpha (0–1). */
export function parseColour(css: string): Colour {
  const rgb = /^rgba?\((.+)\)$/.exec(css)?.[1]?.split(", ").map(Number);
  if (rgb) return [...rgb, 1].slice(0, 4);
  // Others stay in the space they were written in (`oklch`, `color(…)`): painting one tells its sRGB values.
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return BLACK;
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].map((value, at) => (at === 3 ? value / 255 : value));
}

/** WCAG 2.2 relative luminance. */
export function luminance(colour: Colour): number {
  const [r = 0, g = 0, b = 0] = colour.map((value) => (value / 255 <= 0.04045 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Colour, b: Colour): number {
  const [x, y] = [luminance(a) + 0.05, luminance(b) + 0.05];
  return Math.max(x / y, y / x);
}

/** What is behind the place: the nearest background that can be told; a picture as what its text suggests. */
function background(place: Element): Colour | null {
  for (let at: Element | null = place; at; at = at.parentElement ?? ((at.getRootNode() as Partial<ShadowRoot>).host ?? null)) {
    const { backgroundColor, backgroundImage, color } = getComputedStyle(at);
    if (backgroundImage && backgroundImage !== "none") return luminance(parseColour(color)) > 0.5 ? BLACK : WHITE;
    const colour = parseColour(backgroundColor);
    if ((colour[3] ?? 0) >= 0.5) return colour;
  }
  return null;
}

/** Whether the page is dark where the place is: by its computed color-scheme, else by what is behind. */
function isDark(place: Element, behind: Colour | null): boolean {
  const scheme = getComputedStyle(place).colorScheme || "";
  const [light, dark] = [/light/.test(scheme), /dark/.test(scheme)];
  if (light !== dark) return dark;
  if (behind) return luminance(behind) < 0.3;
  // The bare canvas: white, unless the page says that it suits both; then the system decided.
  return dark && matchMedia("(prefers-color-scheme: dark)").matches;
}

export function look(place: Element, theme: Theme): Look {
  const found = background(place);
  const pageIsDark = isDark(place, found);
  const dark = theme === "auto" ? pageIsDark : theme === "dark";

  const link = document.createElement("a");
  link.href = "#";
  link.hidden = true;
  place.before(link);
  const accent = getComputedStyle(link).color;
  link.remove();
  const colour = parseColour(accent);
  // A browser's own blue is nobody's choice.
  const chosen = dark === pageIsDark && !/\(0, 0, 238\)|\(158, 158, 255\)/.test(accent);
  if (!chosen || contrast(colour, found ?? (dark ? BLACK : WHITE)) < 4.5) return { dark, accent: "", onAccent: dark ? "#0b1220" : "#fff" };
  return { dark, accent, onAccent: contrast(colour, WHITE) >= 4.5 ? "#fff" : "#111" };
}
