/** The parts that are loaded when somebody needs them. */

export const chunks = {
  browse: () => import("../browse.ts"),
  visitor: () => import("../visitor.ts"),
  composer: () => import("../composer.ts"),
  moderation: () => import("../moderation.ts"),
};

export type Chunks = { [K in keyof typeof chunks]: Awaited<ReturnType<(typeof chunks)[K]>> };

/** A chunk once it is here. */
const here: Partial<Chunks> = {};
const failed = new Set<keyof Chunks>();
const asked = new Set<keyof Chunks>();

/**
 * A part of a chunk, if that is here; else the chunk is sent for, and `changed` called when it came or could not. A view
 * is drawn again then, and finds it.
 */
export function part<K extends keyof Chunks, P extends keyof Chunks[K]>(chunk: K, name: P, changed: () => void): Chunks[K][P] | "failed" | null {
  const found: Partial<Chunks>[K] = here[chunk];
  if (found) return (found as Chunks[K])[name];
  if (failed.has(chunk)) return "failed";
  if (!asked.has(chunk)) {
    asked.add(chunk);
    fetchChunk(chunk).then(changed, changed);
  }
  return null;
}

export async function fetchChunk<K extends keyof Chunks>(chunk: K): Promise<Chunks[K]> {
  failed.delete(chunk);
  try {
    return (here[chunk] = (await chunks[chunk]()) as Chunks[K]);
  } catch (error) {
    failed.add(chunk);
    throw error;
  }
}
