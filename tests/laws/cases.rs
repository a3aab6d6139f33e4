//! Cases of a law, each with a seed.

/// Runs the law for seeds `0..cases` on two threads; a failure names its seed.
pub fn cases(cases: u64, law: impl Fn(u64) + Sync) {
    let half = |start: u64| {
        for seed in (start..cases).step_by(2) {
            let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(seed)));
            assert!(run.is_ok(), "the law failed for seed {seed}");
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0);
        assert!(other.join().is_ok(), "the law failed; the seed is above");
    });
}
