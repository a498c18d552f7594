#!/usr/bin/env bash
# Makes dist/afterword-VERSION-ARCH-linux.tar.gz: the binary and what its owner needs to put it to work; and its bill of
# materials (CycloneDX).
set -euo pipefail
cd "$(dirname "$0")/.."

field() { cargo metadata --no-deps --format-version 1 | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
target_dir=${CARGO_TARGET_DIR:-$(field target_directory)}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
name=afterword-$version-$(uname -m)-linux

echo "building $name with everything optimised: this takes some minutes"
cargo build --locked --profile dist --bin afterword

staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
mkdir -p "$staged/$name" dist
install -m 0755 "$target_dir/dist/afterword" "$staged/$name/afterword"
cp -r README.md CHANGELOG.md LICENSE config.example.toml deploy "$staged/$name/"
# What the README leads to.
mkdir "$staged/$name/docs"
cp -r docs/*.md "$staged/$name/docs/"
if [ -d docs/images ]; then cp -r docs/images "$staged/$name/docs/"; fi

# What it is made of, for whoever has to know: in the archive, and beside it.
node scripts/sbom.mjs >"dist/$name.cdx.json"
cp "dist/$name.cdx.json" "$staged/$name/sbom.cdx.json"

# Sorted, without owner or clock: the same sources make the same archive.
tar --create --directory "$staged" --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime="@$(git log -1 --format=%ct)" "$name" | gzip --no-name --best >"dist/$name.tar.gz"
(cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")

"$staged/$name/afterword" --version
du -h "$staged/$name/afterword" "dist/$name.tar.gz" | sed "s|$staged/||"
