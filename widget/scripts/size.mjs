// Holds the widget to its size budgets: what a reader's browser downloads, compressed as the server sends it.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { brotli } from "./brotli.mjs";

const KB = 1000;
/** What is loaded together, and how much that may be. */
const BUDGETS = [
  { what: "the loader", stems: ["embed"], limit: 1.5 * KB },
  { what: "what shows the thread", stems: ["thread"], limit: 12 * KB },
  { what: "the loader, the thread, and everything to write and sign in", stems: ["embed", "thread", "browse", "visitor", "composer"], limit: 25 * KB },
  { what: "moderation", stems: ["moderation"], limit: 6 * KB },
];

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(await readFile(path.join(dist, "manifest.json"), "utf8"));

async function sizeOf(stem) {
  const file = manifest[stem];
  if (!file) throw new Error(`widget/dist has no ${stem}: the budgets no longer fit the build`);
  return brotli(await readFile(path.join(dist, file)));
}

let isOver = false;
for (const { what, stems, limit } of BUDGETS) {
  const sizes = await Promise.all(stems.map(sizeOf));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  isOver ||= size > limit;
  console.log(`${size > limit ? "✗" : "✓"} ${what}: ${size} of ${limit} bytes`);
}
if (isOver) process.exit(1);
