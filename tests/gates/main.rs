//! Gates and hooks from the outside: real git, `bd` and its plugin `bd-gate`.

mod front;
