//! The fuzzer of docs/design/histories.md.
