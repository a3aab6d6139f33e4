//! One rule engine; the rules are TOML data (`hooks/rules/*.toml`, the project's in `.beads/rules/`).
