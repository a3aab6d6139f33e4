//! The same work from several threads.

/// Does it in so many threads, this one among them, and comes back when all are done; 0 is 1.
pub(crate) fn run(threads: usize, work: impl Fn() + Sync) {
    if threads < 2 {
        // Nothing is started, not even a scope.
        return work();
    }
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(&work);
        }
        work();
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn as_many_as_asked_for_work() {
        for (asked, worked) in [(0, 1), (1, 1), (2, 2), (5, 5)] {
            let n = AtomicUsize::new(0);
            super::run(asked, || {
                n.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(n.into_inner(), worked);
        }
    }
}
