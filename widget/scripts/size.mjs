// Holds the budgets: what a reader downloads, as the server sends it (brotli).

import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotli } from "./brotli.mjs";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));

/** [what, the chunks it takes, bytes at most] */
export const BUDGETS = [
  ["the loader", ["embed"], 1500],
  ["what shows the thread", ["thread"], 12_000],
  ["reading, writing, signing in, as a member or a guest", ["embed", "thread", "visitor", "composer"], 25_000],
  ["reading on", ["browse"], 3000],
  ["the preview", ["preview"], 700],
  ["signing in with an account from elsewhere", ["ways"], 2500],
  ["a guest's proof of work", ["sha256", "work"], 1600],
  ["what waits for approval, and confirming an address", ["waiting"], 1200],
  ["single sign-on", ["sso"], 800],
  ["moderation", ["moderation"], 6000],
  ["counts alone", ["embed", "count"], 3000],
  ["the sign-in window: script and style", ["popup", "pages.css"], 7000],
  ["the account page: its script and the style", ["account", "pages.css"], 16_000],
];

/** `sizes`: stem → bytes. */
export function weigh(sizes) {
  return BUDGETS.map(([what, stems, most]) => ({ what, bytes: stems.reduce((sum, stem) => sum + sizes[stem], 0), most }));
}

export async function sizesOfDist() {
  const manifest = JSON.parse(await readFile(path.join(dist, "manifest.json"), "utf8"));
  const sizes = await Promise.all(Object.entries(manifest).map(async ([stem, file]) => [stem, brotli(await readFile(path.join(dist, file)))]));
  return Object.fromEntries(sizes);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { what, bytes, most } of weigh(await sizesOfDist())) {
    console.log(`${bytes <= most ? "ok  " : "OVER"} ${String(bytes).padStart(6)} of ${most} B  ${what}`);
    if (bytes > most) process.exitCode = 1;
  }
}
