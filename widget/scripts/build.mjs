// Builds widget/dist: the loader `embed.js`, the chunks it and they load by `import()`, the scripts and styles of the
// server's own pages, and `manifest.json` (stem → file).
//
// The chunks are built in layers, each a file with a stem of its own: `thread` holds what all share, and the later ones
// import it from there. (A bundler's automatic splitting would name all shared files alike, and the server could not
// tell which one an outdated name stands for.) Chunks name each other both ways, so the hash in a name is that of all
// sources together: whatever changes, all names change. A module belongs to the first layer that holds it; a name that
// one layer imports and the other does not export fails the build.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import esbuild from "esbuild";
import { minify } from "terser";
import { preactWithLess } from "./preact.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const src = path.join(root, "src");

/** In the order in which they are built: statically, a layer imports only from those before it. */
const LAYERS = ["thread", "browse", "sha256", "visitor", "composer", "moderation", "preview", "ways", "work", "waiting", "sso"];

const common = {
  bundle: true,
  // Names are shortened by terser, last of all.
  minifySyntax: true,
  minifyWhitespace: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  metafile: true,
  write: false,
  absWorkingDir: root,
  logLevel: "warning",
};

/** A style sheet imported from TypeScript is its minified text: it becomes a constructed style sheet. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const { code } = await esbuild.transform(await readFile(file, "utf8"), { loader: "css", minify: true, target: "es2022" });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** JSX makes its nodes with our runtime, whose props inherit nothing from the page's `Object.prototype`. */
const ourJsx = {
  name: "our-jsx",
  setup(build) {
    build.onResolve({ filter: /^preact\/jsx-runtime$/ }, ({ importer }) =>
      importer.endsWith(path.join("jsx", "runtime.ts")) ? undefined : { path: path.join(src, "jsx", "runtime.ts") });
  },
};

/**
 * Sends imports of a module that an earlier layer holds to that layer's file, and `import()` of a layer to its own.
 * `owners` grows as layers are built.
 */
function layered(owners, fileOf, self) {
  const skip = Symbol("resolved by esbuild itself");
  const entries = new Map(LAYERS.map((stem) => [path.join(src, `${stem}.ts`), stem]));
  return {
    name: "layered",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.kind === "entry-point" || args.pluginData === skip) return undefined;
        const { importer, resolveDir, kind } = args;
        const found = await build.resolve(args.path, { importer, resolveDir, kind, pluginData: skip });
        if (found.errors.length > 0) return { errors: found.errors };
        const stem = entries.get(found.path) ?? owners.get(found.path);
        return stem && stem !== self ? { path: `./${fileOf(stem)}`, external: true } : found;
      });
    },
  };
}

/** One hash for all chunks: of everything they are made from. */
async function hashOfSources() {
  const hash = createHash("sha256");
  const names = (await readdir(src, { recursive: true })).filter((name) => /\.(tsx?|css)$/.test(name) && !/\.test\.|first-party/.test(name));
  const files = [...names.map((name) => path.join(src, name)).sort(), path.join(root, "package-lock.json"), fileURLToPath(import.meta.url)];
  for (const file of files) hash.update(await readFile(file)).update("\0");
  return hash.digest("hex").slice(0, 8).toUpperCase();
}

export async function build({ outdir = path.join(root, "dist") } = {}) {
  const hash = await hashOfSources();
  const fileOf = (stem) => `${stem}-${hash}.js`;
  const manifest = {};
  const files = new Map();
  const owners = new Map();

  async function bundle(stem, file, options) {
    const result = await esbuild.build({ ...common, entryPoints: { [stem]: path.join("src", `${stem}.ts`) }, outdir, ...options });
    manifest[stem] = file;
    files.set(file, await squeeze(result.outputFiles[0].text, options.format === "esm"));
    return Object.keys(result.metafile.inputs);
  }

  for (const stem of LAYERS) {
    const inputs = await bundle(stem, fileOf(stem), {
      format: "esm",
      define: { __SELF__: JSON.stringify(fileOf("thread")) },
      plugins: [layered(owners, fileOf, stem), ourJsx, cssAsText, preactWithLess],
    });
    for (const input of inputs) owners.set(path.join(root, input), stem);
  }
  await bundle("count", fileOf("count"), { format: "esm" });
  await bundle("embed", "embed.js", {
    format: "iife",
    define: { __THREAD__: JSON.stringify(fileOf("thread")), __COUNT__: JSON.stringify(fileOf("count")) },
  });
  for (const [key, file, contents] of await firstParty(outdir)) {
    manifest[key] = file;
    files.set(file, contents);
  }

  await linkCheck(LAYERS.map(fileOf), files);
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  for (const [file, contents] of files) await writeFile(path.join(outdir, file), contents);
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(path.join(outdir, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
  return { manifest: sorted, files };
}

/** The last few per cent. esbuild writes one import for each module; one for each file says the same. */
async function squeeze(code, module) {
  const imports = new Map();
  const rest = code.replaceAll(/(?<=^|[;}\n])import\{([^}]*)\}from"(\.\/[\w.-]+)";/g, (_, names, from) => {
    imports.set(from, [...(imports.get(from) ?? []), names]);
    return "";
  });
  const merged = [...imports].map(([from, names]) => `import{${names.join(",")}}from"${from}";`).join("") + rest;
  const result = await minify(merged, { module, ecma: 2020, compress: { passes: 3, pure_getters: true, unsafe_arrows: true }, format: { comments: false } });
  return Buffer.from(result.code);
}

/** Scripts and style sheets of pages the server itself shows; each stands alone. */
async function firstParty(outdir) {
  const folder = path.join(src, "first-party");
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[a-z-]+\.(ts|tsx|css)$/.test(name) && !name.endsWith(".d.ts"));
  const built = [];
  for (const name of names.sort()) {
    const { name: stem, ext } = path.parse(name);
    const css = ext === ".css";
    const result = await esbuild.build({
      ...common,
      minifyIdentifiers: true,
      entryPoints: { [stem]: path.join("src", "first-party", name) },
      format: "esm",
      outdir,
      entryNames: "[name]-[hash]",
      plugins: css ? [] : [ourJsx, preactWithLess],
    });
    for (const output of result.outputFiles) {
      const file = path.basename(output.path);
      built.push([file.endsWith(".css") ? `${stem}.css` : stem, file, output.contents]);
    }
  }
  return built;
}

/** Bundles the chunks once more, from memory: a name that one imports and another does not export is an error here. */
async function linkCheck(chunks, files) {
  await esbuild.build({
    stdin: { contents: chunks.map((file) => `import "./${file}";`).join("\n") },
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "error",
    plugins: [{
      name: "from-memory",
      setup(build) {
        build.onResolve({ filter: /^\.\// }, ({ path: name }) => ({ path: name.slice(2), namespace: "memory" }));
        build.onLoad({ filter: /.*/, namespace: "memory" }, ({ path: name }) => ({ contents: files.get(name), loader: "js" }));
      },
    }],
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { files } = await build();
  const { brotli } = await import("./brotli.mjs");
  for (const [file, contents] of files) {
    console.log(`${file.padEnd(28)} ${String(contents.length).padStart(7)} B ${String(brotli(contents)).padStart(6)} B brotli`);
  }
}
