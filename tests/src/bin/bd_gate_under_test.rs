//! `bd-gate` with failpoints compiled in.

fn main() -> std::process::ExitCode {
    bd_gate::cli::main()
}
