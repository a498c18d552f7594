/** Waiting on conditions. No test waits for a time to pass. */

const PATIENCE_MS = 10_000;
const PAUSE_MS = 40;

/** What `look` finds, once it finds something; a failed assertion within it counts as not yet. */
export async function eventually(what, look, patience = PATIENCE_MS) {
  const until = Date.now() + patience;
  for (let last = null; ; ) {
    try {
      const found = await look();
      if (found) return found;
      last = null;
    } catch (error) {
      last = error;
    }
    if (Date.now() > until) throw new Error(`waited in vain for ${what}`, last ? { cause: last } : undefined);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
