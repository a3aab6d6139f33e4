//! Programs that a gate runs: in a process group of their own, with a time limit, bounded and redacted output.
