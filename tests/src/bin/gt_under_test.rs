//! `gt` with failpoints compiled in.

fn main() -> std::process::ExitCode {
    gt::cli::main()
}
