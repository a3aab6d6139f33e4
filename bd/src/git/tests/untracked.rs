//! What is untracked: the same as git says, and without asking it where that is promised.

use super::lab::{Flavour, Lab};
use std::path::Path;

/// What git says, sorted.
fn said(lab: &Lab, dir: &Path) -> Vec<String> {
    let out = lab.try_git(dir, &["ls-files", "-z", "--others", "--exclude-standard"]);
    assert!(out.status.success());
    String::from_utf8_lossy(&out.stdout).split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

/// What we say with git, and without one.
fn found(lab: &mut Lab, dir: &Path, flavour: Flavour) -> (Vec<String>, Option<Vec<String>>) {
    let text = |found: Vec<Vec<u8>>| found.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
    let with = text(lab.open(dir, flavour).untracked().unwrap());
    let path = lab.vars.insert("PATH".into(), "/no/such".into()).unwrap();
    let alone = lab.try_open(dir, flavour).and_then(|git| git.untracked());
    lab.vars.insert("PATH".into(), path);
    (with, alone.ok().map(text))
}

fn put(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The same numbers every time.
struct Dice(u64);

impl Dice {
    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        &all[(self.0 >> 33) as usize % all.len()]
    }
}

const NAMES: &[&str] = &[
    "a", "b", "a.log", "keep.log", "build", "tmp", "doc", "x.txt", "a.c", "b.c", "1st", "#x", "sp ", "trail", "foo", "abc", "m.md",
    "!bang", "x", "\u{e9}1", "a\\", "[", "]", "$pay", "A.LOG", "-",
];

const PATTERNS: &[&str] = &[
    "*.log",
    "/build",
    "build/",
    "!keep.log",
    "a/**/b",
    "**/tmp",
    "doc/*.txt",
    "[ab].c",
    "[[:digit:]]*",
    "\\#x",
    "sp\\ ",
    "trail  ",
    "#x",
    "",
    "foo/",
    "!foo/",
    "a?c",
    "*",
    "!*/",
    "!*.md",
    "x/*",
    "[!a]*",
    "[^b]",
    "**",
    "a**b",
    "\\!bang",
    "!",
    "/",
    "//",
    "[",
    "[]]",
    "[]-a]",
    "a\\",
    "\u{e9}*",
    "*.[ct]",
    "$pay",
    "!$pay",
    "\\$pay",
    "a/b",
    "/a/",
    "foo/**",
    "!foo/a",
    "**/",
    "*/b",
    "[[:upper:]].LOG",
    "a.log\r",
    "\u{feff}b",
    "[a-",
    "[--0]",
    "doc/**/x.txt",
    "\\a",
    "b/\\*",
];

#[test]
fn whatever_the_patterns_are_it_is_what_git_says() {
    let mut lab = Lab::new();
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let dir = lab.path(&format!("r{seed}"));
        std::fs::create_dir(&dir).unwrap();
        lab.git(&dir, &["init", "-q"]);
        let mut folders = vec![String::new()];
        for _ in 0..6 {
            let folder = format!("{}{}/", dice.of(&folders), dice.of(NAMES));
            if std::fs::create_dir_all(dir.join(&folder)).is_ok() {
                folders.push(folder);
            }
        }
        for _ in 0..30 {
            let path = format!("{}{}", dice.of(&folders), dice.of(NAMES));
            let _a_folder_has_the_name = std::fs::write(dir.join(path), "x");
        }
        let patterns = |dice: &mut Dice| (0..*dice.of(&[1, 2, 5])).map(|_| format!("{}\n", dice.of(PATTERNS))).collect::<String>();
        for _ in 0..*dice.of(&[0, 1, 2]) {
            let path = format!("{}.gitignore", dice.of(&folders));
            let mut text = patterns(&mut dice);
            if *dice.of(&[true, false]) {
                text.pop();
            }
            put(&dir, &path, &text);
        }
        if *dice.of(&[true, false, false]) {
            put(&dir, ".git/info/exclude", &patterns(&mut dice));
        }
        match dice.of(&[0, 1, 2, 3, 4]) {
            0 => put(&lab.path("home"), ".config/git/ignore", &patterns(&mut dice)),
            1 => {
                put(&lab.path("home"), "own patterns", &patterns(&mut dice));
                lab.git(&dir, &["config", "core.excludesFile", "~/own patterns"]);
            }
            2 => drop(lab.git(&dir, &["config", "core.excludesFile", ""])),
            _ => {}
        }
        if *dice.of(&[true, false]) {
            let some = format!("{}{}", dice.of(&folders), dice.of(NAMES));
            lab.try_git(&dir, &["--literal-pathspecs", "add", "-f", "--", &some]);
        }
        let (with, alone) = found(&mut lab, &dir, Flavour::Gix);
        assert_eq!(with, said(&lab, &dir), "seed {seed}");
        assert_eq!(alone.as_ref(), Some(&with), "seed {seed}");
        std::fs::remove_dir_all(&dir).unwrap();
        let _none = std::fs::remove_file(lab.path("home/.config/git/ignore"));
    }
}

#[test]
fn what_is_no_file_and_what_is_tracked_is_passed_over() {
    for flavour in super::lab::ALL {
        let mut lab = Lab::new();
        let Some(dir) = lab.repo("r", flavour) else { continue };
        for path in ["d/tracked", "d/new", "swap", "gone/x"] {
            put(&dir, path, "x");
        }
        lab.git(&dir, &["add", "d/tracked", "swap", "gone/x"]);
        std::fs::remove_file(dir.join("swap")).unwrap();
        put(&dir, "swap/inside", "x");
        std::fs::remove_dir_all(dir.join("gone")).unwrap();
        std::os::unix::fs::symlink("d", dir.join("gone")).unwrap();
        std::os::unix::fs::symlink("/no/such", dir.join("link")).unwrap();
        std::os::unix::fs::symlink("d/new", dir.join("d/.gitignore")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.join("d/socket")).unwrap();
        let (with, alone) = found(&mut lab, &dir, flavour);
        assert_eq!(with, ["d/.gitignore", "d/new", "gone", "link", "swap/inside"], "{flavour:?}");
        assert_eq!(alone.is_some(), flavour == Flavour::Gix, "{flavour:?}");
        let below = lab.open(&dir.join("d"), flavour).untracked().unwrap();
        assert_eq!(below.len(), with.len(), "from a folder it is the whole tree: {flavour:?}");
    }
}

#[test]
fn another_repository_within_is_one_path_and_a_submodule_none() {
    let mut lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    for name in ["within", "sub", "ignored"] {
        lab.repo(&format!("r/{name}"), Flavour::Gix).unwrap();
    }
    put(&dir, ".git/info/exclude", "ignored/\n");
    lab.git(&dir, &["-c", "advice.addEmbeddedRepo=false", "add", "sub"]);
    let (with, alone) = found(&mut lab, &dir, Flavour::Gix);
    assert_eq!((with.as_slice(), alone), (["within/".to_owned()].as_slice(), None));
    std::fs::remove_dir_all(dir.join("within")).unwrap();
    put(&dir, "plain/.git/x", "no repository");
    let (with, alone) = found(&mut lab, &dir, Flavour::Gix);
    assert_eq!((with.clone(), alone), (said(&lab, &dir), None));
    std::fs::remove_dir_all(dir.join("plain")).unwrap();
    assert_eq!(found(&mut lab, &dir, Flavour::Gix), (Vec::new(), Some(Vec::new())));
}

#[test]
fn rules_of_gits_own_are_left_to_git() {
    let mut lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    put(&dir, ".gitignore", "*.log\n");
    put(&dir, "A.LOG", "x");
    lab.git(&dir, &["add", ".gitignore"]);
    lab.git(&dir, &["config", "core.ignoreCase", "true"]);
    assert_eq!(found(&mut lab, &dir, Flavour::Gix), (Vec::new(), None));
    lab.git(&dir, &["config", "core.ignoreCase", "false"]);
    assert_eq!(found(&mut lab, &dir, Flavour::Gix).0, ["A.LOG"]);
    put(&dir, "a.log", "x");
    lab.git(&dir, &["update-index", "--skip-worktree", ".gitignore"]);
    std::fs::remove_file(dir.join(".gitignore")).unwrap();
    let (with, alone) = found(&mut lab, &dir, Flavour::Gix);
    assert_eq!((with.clone(), alone), (said(&lab, &dir), None));
    assert_eq!(with, ["A.LOG"], "the patterns of the index are in force");
}

#[test]
fn the_end_of_a_file_ends_its_last_line() {
    let mut lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    for (file, text) in [("d/.gitignore", "a.log\r"), (".git/info/exclude", "b.log\r"), ("../home/.config/git/ignore", "c.log\r\n")]
    {
        put(&dir, file, text);
    }
    for name in ["a.log", "b.log", "c.log"] {
        put(&dir, &format!("d/{name}"), "x");
    }
    let (with, alone) = found(&mut lab, &dir, Flavour::Gix);
    assert_eq!((with.clone(), alone), (said(&lab, &dir), Some(with.clone())));
    assert_eq!(with, ["d/.gitignore"]);
}

#[test]
fn where_patterns_cannot_be_known_here_git_says_them() {
    let mut lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    put(&dir, "a.md", "x");
    put(&lab.path("home"), "own", "a.md\n");
    // The user's file is included because of a remote.
    let own = "[core]\n\texcludesFile = ~/own\n";
    let conditional = "[includeIf \"hasconfig:remote.*.url:https://x.example/**\"]\n\tpath = ~/more\n";
    put(&lab.path("home"), "more", own);
    let config = std::fs::read_to_string(lab.path("home/.gitconfig")).unwrap();
    put(&lab.path("home"), ".gitconfig", &format!("{config}{conditional}"));
    assert_eq!(found(&mut lab, &dir, Flavour::Gix), (vec!["a.md".into()], None));
    lab.git(&dir, &["remote", "add", "o", "https://x.example/f"]);
    assert_eq!(found(&mut lab, &dir, Flavour::Gix), (Vec::new(), None));
    put(&lab.path("home"), ".gitconfig", &config);
    assert_eq!(found(&mut lab, &dir, Flavour::Gix).0, ["a.md"]);
    // A number is a truth too.
    lab.git(&dir, &["config", "core.ignoreCase", "1k"]);
    put(&dir, ".git/info/exclude", "A.MD\n");
    assert_eq!(found(&mut lab, &dir, Flavour::Gix), (Vec::new(), None));
    lab.git(&dir, &["config", "core.ignoreCase", "off"]);
    assert_eq!(found(&mut lab, &dir, Flavour::Gix).0, ["a.md"]);
    // Nothing that is text ends before its line does.
    put(&dir, ".git/info/exclude", "a.md\0# x\n");
    assert_eq!(found(&mut lab, &dir, Flavour::Gix), (Vec::new(), None));
    put(&dir, ".git/info/exclude", "");
    // A link in place of the patterns of the index.
    put(&dir, ".gitignore", "a.md\n");
    lab.git(&dir, &["add", ".gitignore"]);
    lab.git(&dir, &["update-index", "--skip-worktree", ".gitignore"]);
    std::fs::remove_file(dir.join(".gitignore")).unwrap();
    std::os::unix::fs::symlink("code.txt", dir.join(".gitignore")).unwrap();
    let (with, alone) = found(&mut lab, &dir, Flavour::Gix);
    assert_eq!((with, alone), (said(&lab, &dir), None));
    // Deeper than anybody goes.
    let deep = format!("{}/x", vec!["d".repeat(200); 6].join("/"));
    lab.git(&dir, &["update-index", "--force-remove", ".gitignore"]);
    std::fs::remove_file(dir.join(".gitignore")).unwrap();
    put(&dir, &deep, "x");
    assert_eq!(found(&mut lab, &dir, Flavour::Gix), (vec!["a.md".into(), deep], None));
}
