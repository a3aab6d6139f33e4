use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const SMALL: Limits = Limits { loose: 6, packs: 2, class_bits: 3 };

/// A state in memory: name to bytes.
type Files = BTreeMap<String, Vec<u8>>;

fn put(files: &mut Files, text: &str) {
    let name = SealedName::loose(text.as_bytes(), "2026-01-01T00:00:00Z");
    files.insert(name.to_string(), text.as_bytes().to_vec());
}

fn apply(files: &Files, limits: Limits) -> Files {
    let keys = Keys::default();
    let names: Vec<&String> = files.keys().collect();
    let known: Vec<Known> = files.iter().map(|(n, b)| Known::new(SealedName::parse(n).unwrap(), b, &keys)).collect();
    let plan = plan(&known, limits);
    let gone: BTreeSet<usize> = plan.drop.iter().chain(plan.groups.iter().flatten()).copied().collect();
    let mut out: Files =
        (0..names.len()).filter(|i| !gone.contains(i)).map(|i| (names[i].clone(), files[names[i]].clone())).collect();
    for group in &plan.groups {
        let (name, bytes) = seal_pack(group.iter().map(|i| files[names[*i]].as_slice()));
        out.insert(name.to_string(), bytes);
    }
    out
}

fn all_lines(files: &Files) -> BTreeSet<Vec<u8>> {
    files.values().flat_map(|b| lines(b).map(<[u8]>::to_vec)).collect()
}

#[test]
fn a_contained_file_goes_and_nothing_else_does() {
    let mut files = Files::new();
    put(&mut files, "a\n");
    put(&mut files, "a\nb\n");
    put(&mut files, "c\n");
    let out = apply(&files, Limits::STANDARD);
    assert_eq!(out.len(), 2);
    assert_eq!(all_lines(&out), all_lines(&files));
    assert_eq!(apply(&out, Limits::STANDARD), out, "a second time changes nothing");
}

#[test]
fn many_loose_files_become_one_pack_and_a_stale_copy_of_one_goes_again() {
    let mut files = Files::new();
    for i in 0..257 {
        put(&mut files, &format!("line {i}\n"));
    }
    let packed = apply(&files, Limits::STANDARD);
    assert_eq!(packed.len(), 1);
    assert_eq!(all_lines(&packed), all_lines(&files));
    let mut stale = packed.clone();
    put(&mut stale, "line 7\n");
    assert_eq!(apply(&stale, Limits::STANDARD), packed);
    files.pop_first();
    assert_eq!(apply(&files, Limits::STANDARD), files, "256 stay loose");
}

#[test]
fn an_indent_is_no_difference() {
    let (name, bytes) = seal_pack([&b" b\n"[..], b"a\n  b\n"]);
    assert_eq!((name, bytes.as_slice()), (SealedName::pack(b"a\nb\n"), &b"a\nb\n"[..]));
}

#[test]
fn nine_packs_of_a_class_become_one() {
    let packs = |n: u64| -> Vec<Known> {
        let pack = |i: u64| Known { name: SealedName::pack(&i.to_le_bytes()), size: 600, lines: vec![u128::from(i)] };
        (0..n).map(pack).collect()
    };
    assert!(plan(&packs(8), Limits::STANDARD).is_empty());
    let plan = plan(&packs(9), Limits::STANDARD);
    assert_eq!((plan.drop.len(), plan.groups.len(), plan.groups[0].len()), (0, 1, 9));
    assert!(due(0, &[600; 9], Limits::STANDARD) && !due(256, &[600; 8], Limits::STANDARD));
}

proptest! {
    /// Three clones write, pack and exchange in any order. Nothing is lost, and when all have exchanged until nothing
    /// moves they hold the same files with at most 5 % of the lines stored twice.
    #[test]
    fn random_packers_converge(steps in proptest::collection::vec((0usize..3, 0usize..4, 0usize..3), 1..120)) {
        let mut clones = [Files::new(), Files::new(), Files::new()];
        let mut written = BTreeSet::new();
        for (number, (who, what, other)) in steps.into_iter().enumerate() {
            match what {
                0 | 1 => {
                    let text: String = (0..=what).map(|k| format!("event {number} {k}\n")).collect();
                    written.extend(lines(text.as_bytes()).map(<[u8]>::to_vec));
                    put(&mut clones[who], &text);
                }
                2 => clones[who] = apply(&clones[who], SMALL),
                _ => {
                    let theirs = clones[other].clone();
                    clones[who].extend(theirs);
                    clones[who] = apply(&clones[who], Limits { loose: usize::MAX, packs: usize::MAX, ..SMALL });
                }
            }
        }
        for _ in 0..6 {
            for who in 0..3 {
                let theirs = clones[(who + 1) % 3].clone();
                clones[who].extend(theirs);
                clones[who] = apply(&clones[who], SMALL);
            }
        }
        prop_assert_eq!(&clones[0], &clones[1]);
        prop_assert_eq!(&clones[1], &clones[2]);
        prop_assert_eq!(all_lines(&clones[0]), written.clone());
        let stored: usize = clones[0].values().map(|b| lines(b).count()).sum();
        prop_assert!(stored * 20 <= written.len() * 21, "{} of {}", stored, written.len());
    }
}
