//! `bd` with failpoints compiled in.

fn main() -> std::process::ExitCode {
    bd::cli::main()
}
