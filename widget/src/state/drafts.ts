/** Texts that were begun: kept for 30 days under their page and what they answer, until they are posted. */

import { draftKey } from "./draftKey.ts";
import { shelfKey } from "./shelf.ts";
import type { ThreadState } from "./thread.ts";

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

type Draft = { text: string; at: number };

export function readDraft({ shelf, name }: ThreadState, parent: string | null): string {
  const draft = shelf.read<Draft>(draftKey(name, parent));
  return draft && !isOld(draft) ? draft.text : "";
}

export function keepDraft({ shelf, name }: ThreadState, parent: string | null, text: string): void {
  const key = draftKey(name, parent);
  if (text.trim() === "") shelf.remove(key);
  else shelf.write(key, { text, at: Date.now() } satisfies Draft);
}

/** Forgets what nobody came back to, on whatever page it was. */
export function dropOldDrafts({ shelf, api }: ThreadState): void {
  const prefix = shelfKey(api.site, "");
  for (const key of storedKeys()) {
    const name = key.slice(prefix.length);
    if (key.startsWith(prefix) && name.startsWith("draft/") && isOld(shelf.read<Draft>(name))) shelf.remove(name);
  }
}

function storedKeys(): string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    return []; // Storage is denied: nothing outlives the page.
  }
}

const isOld = (draft: Draft | null): boolean => draft === null || !(Date.now() - draft.at < KEPT_MS);
