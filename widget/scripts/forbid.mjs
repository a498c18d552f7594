// Holds what no rule of the linter does: nothing here parses HTML or runs text, and no message goes to just anybody.
// Looks at the sources, the server's own pages included, and at what the build made of them, Preact included.

import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const FORBIDDEN = [
  [/\b(inner|outer)HTML\b/, "parses HTML: build nodes instead"],
  [/\binsertAdjacentHTML\b/, "parses HTML: build nodes instead"],
  [/\bdangerouslySetInnerHTML\b/, "parses HTML: build nodes instead"],
  [/\b(createContextualFragment|setHTMLUnsafe|parseHTMLUnsafe|DOMParser|srcdoc)\b/, "parses HTML: build nodes instead"],
  [/\bdocument\.write(ln)?\b/, "writes HTML: build nodes instead"],
  [/\beval\s*\(/, "runs text"],
  [/\bnew\s+Function\b|[^\w.$]Function\s*\(/, "runs text"],
  [/\bset(Timeout|Interval)\s*\(\s*["'`]/, "runs text"],
  [/\.postMessage\([^;]*,\s*["'`]\*["'`]/s, "tells any window: name the origin"],
  [/\.closed\b(?!_)/, "a window's `closed` lies once its opener is cut off: never look at it", /popup|window|opener/i],
  [/https?:\/\/(?!www\.w3\.org)[\w.-]+\.(com|net|org|io)\b/, "names somebody else's server", undefined, /^dist/],
];

async function* files(folder) {
  for (const entry of await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => [])) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(name);
    else if (/\.(m?js|tsx?)$/.test(name) && !/\.test\./.test(name)) yield name;
  }
}

let found = 0;
for (const folder of ["src", "dist"]) {
  for await (const file of files(folder)) {
    const text = await readFile(path.join(root, file), "utf8");
    const code = folder === "src" ? text.replace(/\/\*[^]*?\*\/|(^|\s)\/\/.*$/gm, "") : text;
    for (const [pattern, why, near, only] of FORBIDDEN) {
      if (only && !only.test(file)) continue;
      const at = pattern.exec(code);
      if (!at || (near && !near.test(code.slice(Math.max(0, at.index - 30), at.index)))) continue;
      found++;
      console.error(`${file}: ${JSON.stringify(at[0].slice(0, 60))} ${why}`);
    }
  }
}
console.log(found === 0 ? "nothing forbidden" : `${found} forbidden`);
process.exitCode = found === 0 ? 0 : 1;
