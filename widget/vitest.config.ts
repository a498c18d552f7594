import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** As in the build: a style sheet imported from TypeScript is its text. */
const cssAsText = {
  name: "css-as-text",
  enforce: "pre" as const,
  resolveId(id: string, importer?: string) {
    return id.endsWith(".css") && importer ? `\0${fileURLToPath(new URL(id, `file://${importer.split("?")[0]}`))}.text` : undefined;
  },
  load(id: string) {
    return id.startsWith("\0") && id.endsWith(".css.text") ? `export default ${JSON.stringify(readFileSync(id.slice(1, -5), "utf8"))}` : undefined;
  },
};

export default defineConfig({
  plugins: [cssAsText],
  define: { __SELF__: JSON.stringify("thread.ts") },
  resolve: { alias: [{ find: /^preact\/jsx-(dev-)?runtime$/, replacement: fileURLToPath(new URL("src/jsx/runtime.ts", import.meta.url)) }] },
  test: {
    include: ["src/**/*.test.{ts,tsx}", "test/**/*.test.ts"],
    environment: "happy-dom",
    restoreMocks: true,
    unstubGlobals: true,
  },
});
