/** The parts that are loaded when somebody needs them. */

import type { later } from "./later.ts";

export const chunks = {
  browse: () => import("../browse.ts"),
  visitor: () => import("../visitor.ts"),
  composer: () => import("../composer.ts"),
  moderation: () => import("../moderation.ts"),
};

type All = typeof chunks & typeof later;
export type Chunks = { [K in keyof All]: Awaited<ReturnType<All[K]>> };

/** Chunks that are here, or could not be had when last sent for. */
const got: { [K in keyof Chunks]?: Chunks[K] | "failed" } = {};
/** Who is drawn again when a chunk that was sent for comes, or does not. */
const waiting = new Map<keyof Chunks, Set<Drawn>>();

type Drawn = { redraw(): void };

export async function fetchChunk<K extends keyof Chunks>(chunk: K): Promise<Chunks[K]> {
  try {
    const loaded = (await (chunks as All)[chunk]()) as Chunks[K];
    got[chunk] = loaded;
    return loaded;
  } catch (error) {
    got[chunk] = "failed";
    throw error;
  }
}

/** A chunk if it is here; else it is sent for, and whoever asks is drawn again. */
export function chunkFor<K extends keyof Chunks>(chunk: K, who: Drawn): Chunks[K] | "failed" | undefined {
  const found: (typeof got)[K] = got[chunk];
  if (!found) again(chunk, who);
  return found;
}

/** Sends for a chunk, once for all who ask meanwhile. */
export function again(chunk: keyof Chunks, who: Drawn): void {
  const already = waiting.get(chunk);
  if (already) return void already.add(who);
  const all = new Set([who]);
  waiting.set(chunk, all);
  const tell = () => {
    waiting.delete(chunk);
    for (const each of all) each.redraw();
  };
  fetchChunk(chunk).then(tell, tell);
}
