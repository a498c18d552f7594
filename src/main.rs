//! The binary: all it does is in the library, where tests reach it.

/// Under load the C library's keeps a heap for every few threads, and tens of megabytes more than are in use.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    afterword::cli::main()
}
