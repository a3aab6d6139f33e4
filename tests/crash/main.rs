//! Every place that changes the disk, and a kill at each.
