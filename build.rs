//! Puts the widget into the binary, compressed once, here; and names the build.
//!
//! It never runs npm: `make widget` does. What comes in is `widget/dist`: `embed.js`, and chunks that esbuild has named
//! `stem-HASH.js`. What comes out is a table of them, and `AFTERWORD_BUILD`, a hash of all that answers depend on.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "cargo talks to a build script this way")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const DIST: &str = "widget/dist";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=Cargo.lock");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed={DIST}");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));

    let mut build = blake3::Hasher::new();
    for part in ["Cargo.lock", "src", "templates"] {
        hash(Path::new(part), &mut build);
    }
    println!("cargo:rustc-env=AFTERWORD_BUILD={}", &build.finalize().to_hex()[..16]);

    let files = files_in(Path::new(DIST));
    if !files.iter().any(|file| file.ends_with("embed.js")) {
        eprintln!("widget/dist is missing: run `make widget`");
        std::process::exit(1);
    }
    let entries: Vec<String> = files.iter().filter_map(|file| entry(file, &out)).collect();
    let table = format!("pub const FILES: &[File] = &[\n{}];\n", entries.concat());
    fs::write(out.join("widget_files.rs"), table).expect("OUT_DIR can be written");
}

/// A file's row in the table; `None` for what browsers do not ask for, such as source maps.
fn entry(path: &Path, out: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let content_type = match extension {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => return None,
    };
    // `thread-6XQ2ZK4M.js` is the current chunk of the stem `thread`.
    let stem = stem.rsplit_once('-').map_or(stem, |(stem, _)| stem);
    let bytes = fs::read(path).expect("a file of widget/dist can be read");
    let hash = blake3::hash(&bytes).to_hex();
    let brotli = kept(out.join(format!("{hash}.br")), || brotli(&bytes));
    let gzip = kept(out.join(format!("{hash}.gz")), || gzip(&bytes));
    let identity = kept(out.join(format!("{hash}.bin")), || bytes);
    Some(format!(
        "    File {{ stem: {stem:?}, name: {name:?}, content_type: {content_type:?}, identity: include_bytes!({identity:?}), \
         br: include_bytes!({brotli:?}), gzip: include_bytes!({gzip:?}) }},\n"
    ))
}

/// Makes a file named for what it is made from, unless an earlier build did.
fn kept(path: PathBuf, make: impl FnOnce() -> Vec<u8>) -> PathBuf {
    if !path.exists() {
        fs::write(&path, make()).expect("OUT_DIR can be written");
    }
    path
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    let mut encoded = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut encoded, &parameters)
        .expect("compressing in memory does not fail");
    encoded
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("compressing in memory does not fail");
    encoder.finish().expect("compressing in memory does not fail")
}

/// A folder's files in order, not those of its folders.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = entries(folder).into_iter().filter(|path| path.is_file()).collect();
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn hash(path: &Path, hasher: &mut blake3::Hasher) {
    if path.is_dir() {
        let mut inside = entries(path);
        inside.sort();
        inside.iter().for_each(|path| hash(path, hasher));
    } else if let Ok(bytes) = fs::read(path) {
        hasher
            .update(path.to_string_lossy().as_bytes())
            .update(&(bytes.len() as u64).to_be_bytes())
            .update(&bytes);
    }
}
