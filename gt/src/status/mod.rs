//! What people and agents look at: one screen of what is going on, what an agent is told, what broke.

mod desk;
mod events;
mod prime;

pub use desk::{Desk, ROWS, ReadyLine, ready_lines};
pub use events::{Happened, happened};
pub use prime::{LIMIT, prime};
