//! The cache (STATE 8).

mod block;
mod build;
mod fold;
mod gather;
mod graph;
mod hash;
mod image;
mod key;
mod layout;
mod lean;
mod lists;
mod names;
mod overlay;
mod row;
mod text;
mod view;
mod wire;

#[cfg(test)]
mod testing;
