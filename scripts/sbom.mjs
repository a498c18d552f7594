// The bill of materials of a release, CycloneDX 1.6 as JSON on standard output: `node scripts/sbom.mjs [TARGET]`.
//
// What ends up in the binary, crate by crate, and the widget inside it with its packages. Made from `cargo metadata`,
// Cargo.lock and package-lock.json alone, so the same sources give the same bytes. What only builds or tests is left out.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(`${root}/${path}`, "utf8");
const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });

/** The crates that are linked into the binary for `target`: what normal dependencies lead to, from ours on. */
export function crates(metadata, lock) {
  const checksums = new Map();
  for (const [, name, version, rest] of lock.matchAll(/\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"\n([^[]*)/g)) {
    const checksum = /checksum = "([0-9a-f]{64})"/.exec(rest);
    if (checksum) checksums.set(`${name} ${version}`, checksum[1]);
  }
  const packages = new Map(metadata.packages.map((found) => [found.id, found]));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const linked = (id) => nodes.get(id).deps.filter((dep) => dep.dep_kinds.some(({ kind }) => kind === null)).map((dep) => dep.pkg);
  const seen = new Set([metadata.resolve.root]);
  for (const id of seen) for (const next of linked(id)) seen.add(next);
  const purl = (id) => `pkg:cargo/${packages.get(id).name}@${packages.get(id).version}`;
  return [...seen].map((id) => {
    const { name, version, license, description } = packages.get(id);
    const checksum = checksums.get(`${name} ${version}`);
    return {
      ref: purl(id),
      needs: linked(id).map(purl),
      component: component("library", purl(id), name, version, license?.replaceAll("/", " OR "), {
        ...(description ? { description: description.trim().replace(/\s+/g, " ") } : {}),
        ...(checksum ? { hashes: [{ alg: "SHA-256", content: checksum }] } : {}),
      }),
    };
  });
}

/** The packages that are bundled into the widget. */
export function bundled(lock) {
  const path = (name) => `node_modules/${name}`;
  const purl = (name) => `pkg:npm/${name.replace("@", "%40")}@${lock.packages[path(name)].version}`;
  const names = Object.entries(lock.packages)
    .filter(([at, found]) => at !== "" && !found.dev && !found.link)
    .map(([at]) => at.slice("node_modules/".length));
  const needs = (found) => Object.keys(found.dependencies ?? {}).map(purl);
  const packages = names.map((name) => {
    const found = lock.packages[path(name)];
    const [, algorithm, digest] = /^(sha512)-(.+)$/.exec(found.integrity ?? "") ?? [];
    const hashes = algorithm ? [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }] : undefined;
    return {
      ref: purl(name),
      needs: needs(found),
      component: component("library", purl(name), name, found.version, found.license, hashes ? { hashes } : {}),
    };
  });
  return { packages, needs: needs(lock.packages[""]) };
}

function component(type, purl, name, version, license, more = {}) {
  return {
    type,
    "bom-ref": purl,
    name,
    version,
    ...(license ? { licenses: [{ expression: license }] } : {}),
    purl,
    ...more,
  };
}

/** The whole document. `made` is when the sources were committed, in seconds. */
export function document({ metadata, cargoLock, packageLock, made }) {
  const [server, ...libraries] = crates(metadata, cargoLock);
  const widget = bundled(packageLock);
  const { name, license } = packageLock.packages[""];
  const version = server.component.version;
  const widgetRef = `pkg:generic/${name}@${version}`;
  const byRef = (one, other) => (one.ref < other.ref ? -1 : 1);
  const parts = [
    ...libraries,
    ...widget.packages,
    { ref: widgetRef, needs: widget.needs, component: component("library", widgetRef, name, version, license) },
  ].sort(byRef);
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(made * 1000).toISOString(),
      tools: { components: [{ type: "application", name: "scripts/sbom.mjs", version }] },
      component: { ...server.component, type: "application" },
    },
    components: parts.map((part) => part.component),
    dependencies: [{ ref: server.ref, needs: [...server.needs, widgetRef] }, ...parts].map(({ ref, needs }) => ({
      ref,
      dependsOn: [...new Set(needs)].sort(),
    })),
  };
  const digest = createHash("sha256").update(JSON.stringify(bom)).digest("hex");
  const uuid = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`, digest.slice(20, 32)];
  return { ...bom, serialNumber: `urn:uuid:${uuid.join("-")}` };
}

/** What a release of this tree is made of. */
export function ofThisTree(target) {
  const platform = target ?? /host: (.+)/.exec(run("rustc", "-vV"))[1];
  const metadata = JSON.parse(run("cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", platform));
  const packageLock = JSON.parse(read("widget/package-lock.json"));
  const made = Number(run("git", "log", "-1", "--format=%ct"));
  return document({ metadata, cargoLock: read("Cargo.lock"), packageLock, made });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(ofThisTree(process.argv[2]), null, 2)}\n`);
}
