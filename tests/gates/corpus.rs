//! Our own half of the corpus (tests/corpus/README.md); the real half is `tests/real/run corpus`.

use bd_tests::corpus;

/// What each rule reaches at least on our own lines: precision and recall. docs/corpus.md names what is missed.
const REACHED: [(&str, f64, f64); 9] = [
    ("no-skip", 0.98, 0.98),
    ("no-sleep", 0.98, 0.98),
    ("direct-audit", 0.98, 0.98),
    ("direct-metrics", 0.98, 0.98),
    ("kubeconfig-isolation", 0.98, 0.98),
    ("compose-race", 0.98, 0.98),
    ("secrets", 0.98, 0.98),
    ("conflict-markers", 0.98, 0.98),
    ("eventually-misuse", 0.96, 0.98),
];

#[test]
fn rules_find_what_was_labelled_and_little_else() {
    assert_eq!(REACHED.map(|(rule, _, _)| rule), corpus::RULES);
    for (rule, precision, recall) in REACHED {
        let score = corpus::own(rule);
        assert!(score.labels() >= 100, "{rule}: {} lines are no corpus", score.labels());
        assert!(score.precision() >= precision && score.recall() >= recall, "{rule}: {score:#?}");
    }
}
