//! Upstream's data, words and habits. Real data needs `BD_COMPAT_DATA` and says so where it is missing; the rest needs
//! nothing. Declare a module for each test file here.

mod agents;
mod interchange;
mod table;
mod view;
mod waits;
