//! The cache (STATE 8).

mod hash;
mod lean;
mod wire;

#[cfg(test)]
mod testing;
