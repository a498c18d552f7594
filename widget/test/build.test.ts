// @vitest-environment node
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { brotli } from "../scripts/brotli.mjs";
import { build } from "../scripts/build.mjs";
import { weigh } from "../scripts/size.mjs";

let outdir: string;
let manifest: Record<string, string>;
const text = (stem: string) => readFile(path.join(outdir, manifest[stem] ?? stem), "utf8");

beforeAll(async () => {
  outdir = await mkdtemp(path.join(tmpdir(), "afterword-widget-"));
  ({ manifest } = await build({ outdir }));
}, 60_000);
afterAll(() => rm(outdir, { recursive: true, force: true }));

test("every file has its stem in the manifest, and a name that changes with the sources; only the loader's does not", async () => {
  expect(JSON.parse(await text("manifest.json"))).toEqual(manifest);
  expect((await readdir(outdir)).toSorted()).toEqual([...Object.values(manifest), "manifest.json"].toSorted());
  for (const [stem, file] of Object.entries(manifest)) {
    if (stem === "embed") expect(file).toBe("embed.js");
    else expect(file).toMatch(new RegExp(`^${stem.replace(/\.css$/, "")}-[A-Z0-9]{8}\\.(js|css)$`));
  }
});

test("the same sources make the same files", async () => {
  const other = await mkdtemp(path.join(tmpdir(), "afterword-widget-"));
  try {
    const { manifest: again, files } = await build({ outdir: other });
    expect(again).toEqual(manifest);
    for (const [file, contents] of files) expect(Buffer.from(contents).equals(await readFile(path.join(outdir, file))), file).toBe(true);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
}, 60_000);

test("everything stays within its budget", async () => {
  const sizes: Record<string, number> = {};
  for (const stem of Object.keys(manifest)) sizes[stem] = brotli(await readFile(path.join(outdir, manifest[stem] ?? "")));
  for (const { what, bytes, most } of weigh(sizes)) expect(bytes, what).toBeLessThanOrEqual(most);
});

test("the thread needs nothing but itself to be shown", async () => {
  expect(await text("thread")).not.toMatch(/(^|[;}])import\s*[{*"']/);
});

test("the loader knows what it asks for, and is a classic script", async () => {
  const loader = await text("embed");
  expect(loader).toContain(manifest["thread"]);
  expect(loader).toContain(manifest["count"]);
  expect(loader).not.toMatch(/^(import|export)\b/m);
});

test("no chunk parses HTML or runs text", async () => {
  for (const stem of Object.keys(manifest)) {
    expect(await text(stem), stem).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|\beval\(|new Function/);
  }
});
