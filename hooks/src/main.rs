//! The binary: everything is in the library.

fn main() -> std::process::ExitCode {
    bd_gate::cli::main()
}
