//! Gates and hooks from the outside: real git, `bd` and its plugin `bd-gate`.

mod attack;
mod cache;
mod ci;
mod claim;
mod close;
mod commands;
mod corpus;
mod definitions;
mod evaluate;
mod front;
mod histories;
mod hooks_chain;
mod hooks_install;
mod hooks_status;
mod judged;
mod kinds;
mod kit;
mod layers;
mod plugin;
mod t25;
mod tricks;
mod trust;
mod untouched;
mod verbs;
mod waivers;
