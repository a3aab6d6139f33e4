//! Gates and hooks from the outside: real git, `bd` and its plugin `bd-gate`.

mod front;
mod hooks_chain;
mod hooks_install;
mod hooks_status;
mod kit;
