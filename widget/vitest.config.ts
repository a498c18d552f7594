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

/** As in the build: JSX makes its nodes with our runtime. */
const ourJsx = {
  name: "our-jsx",
  enforce: "pre" as const,
  resolveId(id: string, importer?: string) {
    const runtime = fileURLToPath(new URL("src/jsx/runtime.ts", import.meta.url));
    return /^preact\/jsx-(dev-)?runtime$/.test(id) && importer !== runtime ? runtime : undefined;
  },
};

export default defineConfig({
  plugins: [cssAsText, ourJsx],
  define: { __SELF__: JSON.stringify("thread.ts") },
  oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
  test: {
    include: ["src/**/*.test.{ts,tsx}", "test/**/*.test.ts"],
    environment: "happy-dom",
    setupFiles: ["test/setup.ts"],
    testTimeout: 20_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
