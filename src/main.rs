//! The binary: all it does is in the library, where tests reach it.

fn main() -> std::process::ExitCode {
    afterword::cli::main()
}
