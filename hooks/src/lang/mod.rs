//! What is code, what is comment and what is string, per language; byte offsets stay as they are.
