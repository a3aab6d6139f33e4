//! Many processes at once, and the user beside them.
