//! Any bytes in any language: nothing but comments and contents is blanked, in linear time, and functions nest.
//!
//! The first byte picks the language, the rest is the file.
#![no_main]

// The room itself, not the package: it needs nothing of the rest, and is built in seconds.
#[path = "../../../hooks/src/lang/mod.rs"]
#[allow(dead_code, unused_imports)]
mod lang;

use lang::{Lang, Masked, functions, mask, mask_counted};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, source)) = data.split_first() else { return };
    let lang = Lang::ALL[usize::from(*first) % Lang::ALL.len()];
    let (masked, steps) = mask_counted(lang, source);
    ranges(source, &masked);
    let bound = 64 * (source.len() as u64 + 16);
    assert!(steps <= bound, "{lang:?}: {steps} steps for {} bytes", source.len());

    // What was masked is masked: once more changes nothing, and the functions are the same.
    let again = mask(lang, &masked.code);
    assert_eq!(again.code.len(), source.len());
    ranges(&masked.code, &again);

    let found = functions(lang, &masked);
    for (i, function) in found.iter().enumerate() {
        assert!(function.start <= function.body && function.body <= function.end && function.end <= source.len(), "{function:?}");
        if let Some(parent) = function.parent {
            assert!(parent < i);
            let outer = &found[parent];
            assert!(outer.start <= function.start && function.end <= outer.end, "{outer:?} around {function:?}");
        }
    }
});

/// In the ranges there are blanks and line ends, outside of them nothing changed.
fn ranges(source: &[u8], masked: &Masked) {
    assert_eq!(masked.code.len(), source.len());
    let mut ranges: Vec<_> = masked.comments.iter().chain(&masked.strings).cloned().collect();
    assert!(masked.comments.is_sorted_by_key(|range| range.start) && masked.strings.is_sorted_by_key(|range| range.start));
    ranges.sort_by_key(|range| range.start);
    let mut at = 0;
    for range in ranges {
        assert!(at <= range.start && range.start < range.end && range.end <= source.len(), "{range:?} after {at}");
        assert_eq!(masked.code[at..range.start], source[at..range.start]);
        for i in range.clone() {
            let kept = matches!(source[i], b'\n' | b'\r');
            assert_eq!(masked.code[i], if kept { source[i] } else { b' ' });
        }
        at = range.end;
    }
    assert_eq!(masked.code[at..], source[at..]);
}
