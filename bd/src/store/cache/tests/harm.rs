//! What can happen to the files.
