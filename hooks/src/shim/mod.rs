//! The hooks themselves: small POSIX scripts that call `bd-gate hook NAME` and chain what was there before.
