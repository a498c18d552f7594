// What `scripts/audit.sh` makes of npm's answers, said here by an npm of our own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("audit.sh", import.meta.url));

function audit(answer, code) {
  const directory = mkdtempSync(join(tmpdir(), "afterword-audit-"));
  try {
    const npm = join(directory, "npm");
    writeFileSync(npm, `#!/bin/sh\ncat <<'ANSWER'\n${typeof answer === "string" ? answer : JSON.stringify(answer)}\nANSWER\nexit ${code}\n`);
    chmodSync(npm, 0o755);
    const env = { ...process.env, PATH: `${directory}:${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync(script, { env, encoding: "utf8" });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const counts = (found) => ({ info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0, ...found });
const found = (severity) => ({
  vulnerabilities: {
    preact: { name: "preact", severity, range: "<11", via: [{ title: "It runs what it should show", url: "https://advisories.example/1" }] },
  },
  metadata: { vulnerabilities: counts({ [severity]: 1, total: 1 }), dependencies: { total: 247 } },
});

test("a vulnerability of high or above fails, and is named", () => {
  for (const severity of ["high", "critical"]) {
    const { status, said } = audit(found(severity), 1);
    assert.equal(status, 1);
    assert.match(said, new RegExp(`preact <11: ${severity}: It runs what it should show https://advisories\\.example/1`));
  }
});

test("a lesser one does not", () => {
  assert.equal(audit(found("moderate"), 0).status, 0);
});

test("none is said in one line", () => {
  const { status, said } = audit({ vulnerabilities: {}, metadata: { vulnerabilities: counts(), dependencies: { total: 247 } } }, 0);
  assert.deepEqual([status, said], [0, "247 packages, none with a known vulnerability of high or above\n"]);
});

test("where nothing can be asked, that is said in one line, and no more is made of it", () => {
  for (const answer of [{ message: "405 Method Not Allowed - POST https://elsewhere.example" }, { error: { summary: "no network" } }, "", "<html>"]) {
    const { status, said } = audit(answer, 1);
    assert.equal(status, 0);
    assert.match(said, /^npm's advisories are out of reach \([^\n]+\): the widget's packages go unchecked\n$/);
    assert.ok(!said.includes("elsewhere.example"), said);
  }
});

test("a failure after an answer is a failure", () => {
  assert.equal(audit({ vulnerabilities: {}, metadata: { vulnerabilities: counts() } }, 1).status, 1);
});
