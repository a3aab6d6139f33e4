//! Links the programs under test at a fixed address where the linker is GCC's: the suite starts some forty thousand of them, and
//! each would move its tables before it begins, a page fault for every four kilobytes of them. People's binaries are not touched.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a build script speaks to cargo, through its output and the environment"
)]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let of = |name: &str| std::env::var(name).unwrap_or_default();
    if of("CARGO_CFG_TARGET_OS") == "linux" && of("CARGO_CFG_TARGET_ENV") == "gnu" && of("PROFILE") == "debug" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
