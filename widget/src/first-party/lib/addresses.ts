/** Web addresses as owners type them, and the origins that browsers make of them. */

/** `blog.example/about` → `https://blog.example`; null if no web address can be made of it. */
export function originOf(typed: string): string | null {
  const trimmed = typed.trim();
  if (trimmed === "") return null;
  const local = /^(localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/i.test(trimmed);
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `${local ? "http" : "https"}://${trimmed}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  const host = url.hostname;
  const plausible = host.includes(".") || host === "localhost" || host.startsWith("[");
  return plausible ? url.origin : null;
}

/** A short name for URLs, made from what a site is called, or else from its address. */
export function keyFrom(name: string, origin: string | null): string {
  const fromName = slug(name);
  if (fromName !== "") return fromName;
  return origin === null ? "" : slug(new URL(origin).hostname.replace(/^www\./, "").split(".")[0] ?? "");
}

function slug(raw: string): string {
  return raw
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/['’]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
}

/** What an owner pastes into their pages. */
export function snippet(baseUrl: string, key: string): string {
  return `<script async src="${baseUrl}/embed.js" data-site="${key}"></script>\n<div id="afterword"></div>`;
}
