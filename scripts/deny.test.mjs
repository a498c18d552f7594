// What is seen of `scripts/deny.sh` in a run of all checks, with a cargo of our own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Runs it as `make check` does; `cargo` is what the script of that name does. */
function check(cargo) {
  const directory = mkdtempSync(join(tmpdir(), "afterword-deny-"));
  try {
    writeFileSync(join(directory, "cargo"), `#!/bin/sh\n${cargo}\n`);
    chmodSync(join(directory, "cargo"), 0o755);
    const env = { ...process.env, CI: "true", PATH: `${directory}:${process.env.PATH}` };
    const { status, stdout } = spawnSync(script("quietly.sh"), ["dependencies", script("deny.sh")], { env, encoding: "utf8" });
    return { status, lines: stdout.trimEnd().split("\n") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("advisories that were not checked are seen in a run that went well", () => {
  const { status, lines } = check('[ "$2" != fetch ]');
  assert.equal(status, 0);
  assert.match(lines[0], /^✓ dependencies/);
  assert.deepEqual(lines.slice(1), ["  ! the advisory database is out of reach: advisories go unchecked"]);
});

test("where they were, there is nothing more to see", () => {
  const { status, lines } = check("echo advisories ok");
  assert.equal(status, 0);
  assert.equal(lines.length, 1);
});

test("an advisory fails the run", () => {
  assert.equal(check('[ "$5" != advisories ]').status, 1);
});
