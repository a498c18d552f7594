// What no lint rule of the linter's covers: ways to turn a string into markup or code, and messages to any origin.

import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const FORBIDDEN = [
  [/\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|createContextualFragment|srcdoc)\b/, "builds nodes from a string: build them one by one"],
  [/\bdocument\s*\.\s*write(ln)?\b/, "writes markup: build nodes"],
  [/\b(eval|Function)\s*\(/, "runs a string"],
  [/\bset(Timeout|Interval)\s*\(\s*["'`]/, "runs a string"],
  [/\bDOMParser\b|\bsetHTMLUnsafe\b|\bparseHTMLUnsafe\b/, "parses markup"],
  [/postMessage\s*\([^)]*["'`]\*["'`]/, "sends a message to any origin: name one"],
  [/\bpopup\??\.closed\b|\bwindow\.closed\b/, "reads true at once when a page on the way cuts the opener"],
];

const src = fileURLToPath(new URL("../src/", import.meta.url));
const names = (await readdir(src, { recursive: true })).filter((name) => /\.tsx?$/.test(name) && !/\.test\./.test(name));
let found = 0;
for (const name of names) {
  const lines = (await readFile(path.join(src, name), "utf8")).split("\n");
  lines.forEach((line, at) => {
    const code = line.replace(/\/\/.*$/, "").replace(/^\s*\*.*$/, "");
    for (const [pattern, why] of FORBIDDEN) {
      if (!pattern.test(code)) continue;
      found += 1;
      console.error(`src/${name}:${at + 1}: ${why}\n  ${line.trim()}`);
    }
  });
}
if (found > 0) process.exit(1);
