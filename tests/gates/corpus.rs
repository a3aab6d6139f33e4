//! Our own half of the corpus (tests/corpus/README.md); the real half is `tests/real/run corpus`.

use bd_tests::corpus;

#[test]
fn rules_find_what_was_labelled_and_little_else() {
    for rule in corpus::RULES {
        let score = corpus::own(rule);
        assert!(score.labels() >= 100, "{rule}: {} lines are no corpus", score.labels());
        assert!(score.precision() >= 0.98 && score.recall() >= 0.98, "{rule}: {score:#?}");
    }
}
