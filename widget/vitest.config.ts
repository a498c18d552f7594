import { defineConfig } from "vitest/config";

// Units and components; what a browser is needed for stands in e2e and runs by node's own test runner.
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx", "test/**/*.test.ts"], environment: "happy-dom" },
});
