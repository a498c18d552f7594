/** Which page this is: what the loader was told, else what the page says of itself. */

import type { PageRef, Site } from "../api/schema.ts";

/**
 * `page` is the owner's own name for the page, or its address if it looks like one (`/post`, `https://…`).
 *
 * The canonical link is sent only when it differs from the location; whether it counts is the server's to decide.
 */
export function pageRef(page: string | null, title: string | null): PageRef {
  const url = location.href.replace(/#.*/, "");
  const named = { title: title || document.title, url };
  if (page) return isAddress(page) ? { ...named, url: new URL(page, url).href } : { ...named, id: page };
  const canonical = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href;
  return canonical && canonical !== url ? { ...named, canonical } : named;
}

const isAddress = (page: string): boolean => /^(\/(?!\/)|https?:\/\/)/.test(page);

/** The same for a query string. */
export const pageQuery = ({ id, url, canonical }: PageRef): { page: string; canonical: string | undefined } =>
  ({ page: id ? `id:${id}` : url, canonical });

/** Whether comments from pages of this origin are taken: it is the site's, or the owner's own machine for a while. */
export function isListed({ origins, development_until }: Pick<Site, "origins" | "development_until">, origin: string, now: number): boolean {
  const local = /^http:\/\/(([^/:]+\.)?localhost|127(\.\d+){3}|\[::1])(:|$)/.test(origin);
  return origins.includes(origin) || (local && development_until !== null && now < Date.parse(development_until));
}
