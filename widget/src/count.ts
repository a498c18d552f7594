/** The chunk behind `<afterword-count>`: one request for all counts of a page. */

import type { Counts } from "./api/schema.ts";
import { createApi } from "./api/client.ts";
import { pageQuery, pageRef } from "./state/page.ts";

type Asked = { element: HTMLElement; page: string };

/** What one request may hold: proxies cap the request line at 8 KB. */
const MOST_PAGES = 100;
const MOST_BYTES = 6000;

const waiting = new Map<string, Asked[]>();

/** Fills the element with the number of comments of the page it names; keeps what it holds if that cannot be told. */
export function count(element: HTMLElement, base: string, site: string): void {
  const named = pageRef(element.getAttribute("page"), null);
  const { page } = pageQuery(named.canonical ? { ...named, url: named.canonical } : named);
  const key = `${base} ${site}`;
  const asked = waiting.get(key);
  if (asked) return void asked.push({ element, page: relative(page) });
  waiting.set(key, [{ element, page: relative(page) }]);
  // Elements of one page come in one after another while it is parsed.
  setTimeout(() => {
    const all = waiting.get(key) ?? [];
    waiting.delete(key);
    for (const batch of batches(all)) void ask(base, site, batch);
  }, 30);
}

/** A page of this origin by its path alone: shorter, and the same for the server. */
const relative = (page: string): string => (page.startsWith(`${location.origin}/`) ? page.slice(location.origin.length) : page);

function* batches(all: readonly Asked[]): Generator<Map<string, HTMLElement[]>> {
  let batch = new Map<string, HTMLElement[]>();
  let bytes = 0;
  for (const { element, page } of all) {
    const same = batch.get(page);
    if (same) {
      same.push(element);
      continue;
    }
    const length = encodeURIComponent(page).length + 6;
    if (batch.size === MOST_PAGES || (batch.size > 0 && bytes + length > MOST_BYTES)) {
      yield batch;
      batch = new Map();
      bytes = 0;
    }
    batch.set(page, [element]);
    bytes += length;
  }
  if (batch.size > 0) yield batch;
}

async function ask(base: string, site: string, batch: Map<string, HTMLElement[]>): Promise<void> {
  try {
    const { counts } = await createApi(base, site).get<Counts>("counts", { page: [...batch.keys()] });
    [...batch.values()].forEach((elements, at) => {
      const n = counts[at];
      for (const element of elements) if (n !== undefined) element.textContent = n.toLocaleString(languageOf(element));
    });
  } catch {
    // The page's own words stay.
  }
}

/** The number stands in the page's own sentence, so it is written in the page's language. */
const languageOf = (element: HTMLElement): string => element.closest<HTMLElement>("[lang]")?.lang || "en";
