import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";

const lint = (): string => {
  try {
    return execFileSync("node", ["scripts/forbid.mjs"], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
};

test("a string that becomes markup is found, whichever way", () => {
  const planted = "src/planted.ts";
  for (const line of [
    "node.innerHTML = text;",
    "node.insertAdjacentHTML('beforeend', text);",
    "document.write(text);",
    "eval(text);",
    "new Function(text)();",
    "opener.postMessage({ code }, '*');",
  ]) {
    writeFileSync(planted, line);
    try {
      expect(lint(), line).toContain("src/planted.ts:1");
    } finally {
      rmSync(planted);
    }
  }
});
