//! Real data: needs `BD_COMPAT_DATA` and says so where it is missing. Declare a module for each test file here.

mod interchange;
