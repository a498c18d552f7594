// A bill of materials names everything that a release is made of, once, and nothing else.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";

import { bundled, document, ofThisTree } from "./sbom.mjs";

const bom = ofThisTree();
const all = [bom.metadata.component, ...bom.components];
const named = (name) => bom.components.filter((component) => component.name === name);

test("it has the members that CycloneDX 1.6 asks for", () => {
  assert.equal(bom.bomFormat, "CycloneDX");
  assert.equal(bom.specVersion, "1.6");
  assert.match(bom.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  assert.equal(bom.version, 1);
  assert.match(bom.metadata.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
  assert.equal(bom.metadata.component.type, "application");
  assert.equal(bom.metadata.component.name, "afterword");
  for (const { type, name, version, purl, licenses, hashes } of bom.components) {
    assert.equal(type, "library", name);
    assert.ok(name && version, purl);
    assert.match(purl, /^pkg:(cargo|npm|generic)\/[^@\s]+@[0-9][^\s@]*$/);
    assert.ok(licenses?.length === 1 && licenses[0].expression, `${name} has no licence`);
    assert.ok(!licenses[0].expression.includes("/"), `${name}: ${licenses[0].expression} is no SPDX expression`);
    for (const { alg, content } of hashes ?? []) assert.match(content, alg === "SHA-256" ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{128}$/);
    assert.ok(hashes?.length === 1 || purl.startsWith("pkg:generic/"), `${name} has no hash`);
  }
});

test("every reference is made once and leads somewhere", () => {
  const refs = all.map((component) => component["bom-ref"]);
  assert.equal(new Set(refs).size, refs.length);
  assert.deepEqual(bom.dependencies.map(({ ref }) => ref).sort(), [...refs].sort());
  for (const { ref, dependsOn } of bom.dependencies) {
    for (const needed of dependsOn) assert.ok(refs.includes(needed), `${ref} needs ${needed}, which is not there`);
  }
});

test("everything is there for a reason: it is reached from the binary", () => {
  const needs = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set([bom.metadata.component["bom-ref"]]);
  for (const ref of reached) for (const next of needs.get(ref)) reached.add(next);
  assert.equal(reached.size, all.length);
});

test("what is linked in is named, and what only tests or builds is not", () => {
  for (const name of ["warp", "redb", "rustls", "pulldown-cmark", "preact", "afterword-widget"]) {
    assert.equal(named(name).length, 1, name);
  }
  for (const name of ["proptest", "tempfile", "vitest", "esbuild", "typescript"]) assert.deepEqual(named(name), [], name);
});

test("it names every crate that cargo says is linked in", () => {
  const args = ["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--no-dedupe"];
  const printed = execFileSync("cargo", args, { encoding: "utf8", maxBuffer: 1 << 28 });
  const linked = new Set(printed.split("\n").filter(Boolean).map((line) => line.split(" ").slice(0, 2).join(" ")));
  const listed = all.filter(({ purl }) => purl.startsWith("pkg:cargo/")).map(({ name, version }) => `${name} v${version}`);
  assert.deepEqual([...linked].filter((crate) => !listed.includes(crate)), []);
});

test("the same sources give the same bytes", () => {
  assert.equal(JSON.stringify(ofThisTree()), JSON.stringify(bom));
});

test("a scoped package and one below another are named as npm names them", () => {
  const lock = {
    packages: {
      "": { name: "afterword-widget", license: "MIT", dependencies: { "@a/b": "1" } },
      "node_modules/@a/b": { version: "1.2.3", license: "MIT", integrity: "sha512-AAAA", dependencies: { c: "1" } },
      "node_modules/c": { version: "2.0.0", license: "ISC" },
      "node_modules/d": { version: "3.0.0", license: "ISC", dev: true },
    },
  };
  const { packages, needs } = bundled(lock);
  assert.deepEqual(needs, ["pkg:npm/%40a/b@1.2.3"]);
  assert.deepEqual(packages.map(({ ref }) => ref), ["pkg:npm/%40a/b@1.2.3", "pkg:npm/c@2.0.0"]);
  assert.deepEqual(packages[0].needs, ["pkg:npm/c@2.0.0"]);
  assert.equal(packages[0].component.hashes[0].content, "000000");
  assert.throws(() => document({ metadata: { packages: [], resolve: { nodes: [], root: "x" } }, cargoLock: "", packageLock: lock, made: 0 }));
});
