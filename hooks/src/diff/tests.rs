//! Change sets of real repositories.

use super::*;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

struct Lab {
    root: tempfile::TempDir,
    vars: BTreeMap<String, String>,
}

impl Lab {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(init: &[&str]) -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests find git where the developer has it")]
        let path = std::env::var("PATH").unwrap();
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        std::fs::create_dir(&home).unwrap();
        std::fs::create_dir(root.path().join("r")).unwrap();
        std::fs::write(home.join(".gitconfig"), "[user]\n\tname = Ann\n\temail = ann@example.com\n[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n").unwrap();
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        let vars = BTreeMap::from([pair("PATH", &path), pair("HOME", home.to_str().unwrap()), pair("GIT_CONFIG_NOSYSTEM", "1")]);
        let lab = Self { root, vars };
        lab.git(&[&["init", "-q"], init].concat());
        lab
    }

    fn dir(&self) -> PathBuf {
        std::fs::canonicalize(self.root.path()).unwrap().join("r")
    }

    fn env(&self) -> Env {
        Env::new(self.dir(), self.vars.clone())
    }

    fn env_with(&self, key: &str, value: &str) -> Env {
        let mut vars = self.vars.clone();
        vars.insert(key.into(), value.into());
        Env::new(self.dir(), vars)
    }

    fn try_git(&self, args: &[&str]) -> std::process::Output {
        let mut git = Command::new("git");
        git.args(args).current_dir(self.dir()).env_clear().envs(&self.vars).stdin(Stdio::null());
        git.output().unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let out = self.try_git(args);
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.dir().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn commit(&self, path: &str, text: &str) -> String {
        self.write(path, text);
        self.git(&["add", "--", path]);
        self.git(&["commit", "-q", "-m", path]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn open(&self) -> Box<dyn Git> {
        bd::git::open(&self.env()).unwrap()
    }

    fn staged(&self) -> Vec<String> {
        self.told(&What::Staged, &self.env())
    }

    fn range(&self, text: &str) -> Vec<String> {
        self.told(&parse_range(&*self.open(), text).unwrap(), &self.env())
    }

    fn told(&self, what: &What, env: &Env) -> Vec<String> {
        changes(&*self.open(), env, what).unwrap().iter().map(told).collect()
    }

    fn error(&self, range: &str) -> (ErrorKind, String) {
        let e = parse_range(&*self.open(), range).unwrap_err();
        (e.kind, format!("{e} {}", e.hints.join(" ")))
    }
}

/// `path< old path [marks] lines`.
fn told(f: &FileChange) -> String {
    let mut out = f.path.clone();
    if let Some(old) = &f.old_path {
        out.push_str(&format!(" <{old}"));
    }
    for (is, word) in [(f.removed, " removed"), (f.special, " special")] {
        out.push_str(if is { word } else { "" });
    }
    match &f.lines {
        Lines::All => out.push_str(" all"),
        Lines::Some(ranges) => ranges.iter().for_each(|r| out.push_str(&format!(" {}-{}", r.start(), r.end()))),
    }
    out
}

const TEN: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

#[test]
fn staged_is_the_index_and_nothing_of_the_working_tree() {
    let lab = Lab::new();
    lab.write("new.txt", "a\n");
    lab.git(&["add", "."]);
    assert_eq!(lab.staged(), ["new.txt all"], "before the first commit");
    lab.git(&["commit", "-q", "-m", "first"]);
    lab.commit("d/ten.txt", TEN);
    lab.commit("gone.txt", "gone, and not alike\n");
    lab.write("d/ten.txt", TEN.replace("3\n", "3\nthree\n"));
    lab.git(&["add", "."]);
    lab.write("d/ten.txt", TEN.replace("8\n", "unstaged\n"));
    lab.write("new.txt", "unstaged\n");
    lab.write("untracked.txt", "u\n");
    lab.write("later.txt", "announced\n");
    lab.git(&["add", "-N", "later.txt"]);
    lab.git(&["rm", "-q", "gone.txt"]);
    lab.write(".beads/x.toml", "y\n");
    lab.git(&["add", ".beads"]);
    assert_eq!(lab.staged(), [".beads/x.toml all", "d/ten.txt 4-4", "gone.txt removed"]);
    let git = lab.open();
    let files = changes(&*git, &lab.env(), &What::Staged).unwrap();
    let mut bytes = Vec::new();
    assert!(read(&*git, &lab.dir(), &files[1], &mut bytes).unwrap());
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), TEN.replace("3\n", "3\nthree\n"), "not what is on the disk");
    assert!(!read(&*git, &lab.dir(), &files[2], &mut bytes).unwrap());
    // What git's own plumbing says about the same index.
    let said = lab.git(&["diff", "--cached", "--name-only", "--no-renames"]);
    assert_eq!(said.lines().collect::<Vec<_>>(), [".beads/x.toml", "d/ten.txt", "gone.txt"]);
}

#[test]
fn a_hook_looks_at_the_index_that_git_gave_it() {
    let lab = Lab::new();
    lab.commit("a.txt", "a\n");
    lab.write("a.txt", "a\nb\n");
    lab.git(&["add", "a.txt"]);
    // What `git commit -- b.txt` does: an index of its own, with that path alone.
    let other = lab.dir().join(".git/next-index-1.lock");
    lab.write("b.txt", "b\n");
    std::fs::copy(lab.dir().join(".git/index"), &other).unwrap();
    let mut git = Command::new("git");
    git.args(["add", "b.txt"]).current_dir(lab.dir()).envs(&lab.vars).env("GIT_INDEX_FILE", &other);
    assert!(git.output().unwrap().status.success());
    for name in [".git/next-index-1.lock", other.to_str().unwrap()] {
        let env = lab.env_with("GIT_INDEX_FILE", name);
        assert_eq!(lab.told(&What::Staged, &env), ["a.txt 2-2", "b.txt all"], "{name}");
    }
    assert_eq!(lab.staged(), ["a.txt 2-2"], "the usual index has no b.txt");
    let mut foreign = lab.vars.clone();
    foreign.insert("GIT_INDEX_FILE".into(), other.to_str().unwrap().into());
    foreign.insert("GIT_WORK_TREE".into(), "/".into());
    assert_eq!(lab.told(&What::Staged, &Env::new(lab.dir(), foreign)), ["a.txt 2-2"], "the hook of another repository");
}

/// A name, flags of `git init`, and what is done to the index.
type Way = (&'static str, &'static [&'static str], &'static [&'static [&'static str]]);

#[test]
fn every_way_of_storing_an_index_gives_the_same_answer() {
    let ways: [Way; 4] = [
        ("plain", &[], &[]),
        ("split", &[], &[&["update-index", "--split-index"]]),
        ("sparse", &[], &[&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]]),
        ("sha256", &["--object-format=sha256"], &[]),
    ];
    for (name, init, after) in ways {
        let lab = Lab::with(init);
        for n in 0..5 {
            lab.write(&format!("in/deep/{n}.txt"), TEN);
            lab.write(&format!("out/{n}.txt"), TEN);
        }
        lab.git(&["add", "."]);
        lab.git(&["commit", "-q", "-m", "files"]);
        after.iter().for_each(|args| drop(lab.git(args)));
        lab.write("in/deep/3.txt", TEN.replace("7\n", "seven\n"));
        lab.write("in/new.txt", "n\n");
        lab.write("in/later.txt", "l\n");
        lab.git(&["add", "in/deep/3.txt", "in/new.txt"]);
        lab.git(&["add", "-N", "in/later.txt"]);
        lab.git(&["rm", "-q", "in/deep/0.txt"]);
        assert_eq!(lab.staged(), ["in/deep/0.txt removed", "in/deep/3.txt 7-7", "in/new.txt all"], "{name}");
        let all = lab.told(&What::All, &lab.env());
        assert!(all.contains(&"in/later.txt all".to_owned()) && all.contains(&"in/deep/1.txt all".to_owned()), "{name}: {all:?}");
        assert_eq!(all.contains(&"out/1.txt all".to_owned()), name != "sparse", "{name}: {all:?}");
        assert!(!all.iter().any(|f| f.contains("deep/0.txt")), "{name}: {all:?}");
    }
}

#[test]
fn paths_in_conflict_are_named_and_not_passed_over() {
    for init in [&[][..], &["--object-format=sha256"]] {
        let lab = Lab::with(init);
        lab.commit("a.txt", "a\n");
        lab.git(&["switch", "-q", "-c", "side"]);
        lab.commit("a.txt", "side\n");
        lab.git(&["switch", "-q", "main"]);
        lab.commit("a.txt", "main\n");
        assert!(!lab.try_git(&["merge", "-q", "side"]).status.success());
        let e = changes(&*lab.open(), &lab.env(), &What::Staged).unwrap_err();
        assert!(e.kind.exit_code() == 2 && e.to_string().contains("`a.txt`"), "{e}");
        assert_eq!(lab.told(&What::All, &lab.env()), ["a.txt all"], "once, not three times");
        lab.write("a.txt", "both\n");
        lab.git(&["add", "a.txt"]);
        assert_eq!(lab.staged(), ["a.txt 1-1"]);
    }
}

#[test]
fn moved_files_are_judged_by_their_changed_lines_only() {
    let lab = Lab::new();
    lab.commit("old/ten.txt", TEN);
    lab.commit("old/same.txt", "one\ntwo\nthree\n");
    lab.commit("old/other.txt", "nothing\nlike\nit\n");
    std::fs::create_dir(lab.dir().join("new")).unwrap();
    for (from, to) in [("ten", "ten"), ("same", "renamed"), ("other", "replaced")] {
        lab.git(&["mv", &format!("old/{from}.txt"), &format!("new/{to}.txt")]);
    }
    lab.write("new/ten.txt", format!("{TEN}eleven\n"));
    lab.write("new/replaced.txt", "quite\ndifferent\ntext\nhere\n");
    lab.git(&["add", "."]);
    let judged =
        ["new/renamed.txt <old/same.txt", "new/replaced.txt all", "new/ten.txt <old/ten.txt 11-11", "old/other.txt removed"];
    assert_eq!(lab.staged(), judged);
    lab.git(&["commit", "-q", "-m", "moved"]);
    assert_eq!(lab.range("HEAD"), judged);
    assert_eq!(lab.range("HEAD~1..HEAD"), judged);
}

#[test]
fn links_submodules_modes_and_binary_files() {
    let lab = Lab::new();
    lab.commit("run.sh", "echo\n");
    lab.commit("was-link", "text\n");
    lab.git(&["rm", "-q", "--cached", "was-link"]);
    std::fs::remove_file(lab.dir().join("was-link")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", lab.dir().join("was-link")).unwrap();
    std::os::unix::fs::symlink("run.sh", lab.dir().join("link")).unwrap();
    lab.git(&["add", "."]);
    lab.git(&["update-index", "--chmod=+x", "run.sh"]);
    let head = lab.git(&["rev-parse", "HEAD"]);
    lab.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},sub")]);
    lab.write("logo.bin", b"\x89\0\0\n");
    lab.git(&["add", "logo.bin"]);
    assert_eq!(lab.staged(), ["link special", "logo.bin all", "run.sh", "sub special", "was-link special"]);
    let git = lab.open();
    let mut bytes = Vec::new();
    for file in changes(&*git, &lab.env(), &What::Staged).unwrap().iter().filter(|f| f.special) {
        assert!(!read(&*git, &lab.dir(), file, &mut bytes).unwrap() && bytes.is_empty());
    }
    let all = lab.told(&What::All, &lab.env());
    assert_eq!(all, ["link special", "logo.bin all", "run.sh all", "was-link special"]);
    // A file that became a link behind the index's back is not followed out of the repository.
    std::fs::remove_file(lab.dir().join("run.sh")).unwrap();
    let files = changes(&*git, &lab.env(), &What::All).unwrap();
    assert!(files.iter().all(|f| f.path != "run.sh"), "what is not there is passed over");
    std::os::unix::fs::symlink("/etc/passwd", lab.dir().join("run.sh")).unwrap();
    let ghost = FileChange { special: false, ..files[0].clone() };
    let ghost = FileChange { path: "run.sh".into(), ..ghost };
    assert!(!read(&*git, &lab.dir(), &ghost, &mut bytes).unwrap() && bytes.is_empty());
}

#[test]
fn names_that_are_not_text_are_quoted_and_read() {
    use std::os::unix::ffi::OsStrExt;
    let lab = Lab::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    std::fs::write(lab.dir().join(name), "a\n").unwrap();
    lab.write("line\nend.txt", "b\n");
    lab.git(&["add", "."]);
    let quoted = ["\"caf\\351.txt\" all", "\"line\\012end.txt\" all"];
    assert_eq!(lab.staged(), quoted);
    lab.git(&["commit", "-q", "-m", "names"]);
    assert_eq!(lab.range("HEAD"), quoted);
    let git = lab.open();
    let files = changes(&*git, &lab.env(), &What::All).unwrap();
    let mut bytes = Vec::new();
    assert!(read(&*git, &lab.dir(), &files[0], &mut bytes).unwrap());
    assert_eq!((files.len(), bytes.as_slice()), (2, &b"a\n"[..]));
}

#[test]
fn ranges_are_what_a_pull_request_shows() {
    let lab = Lab::new();
    lab.commit("a.txt", TEN);
    lab.git(&["switch", "-q", "-c", "side"]);
    lab.commit("a.txt", &TEN.replace("5\n", "5\nfive\n"));
    let tip = lab.commit("b.txt", "b\n");
    lab.git(&["switch", "-q", "main"]);
    // main removes a line that the side still has: nothing that the side added.
    lab.commit("a.txt", &TEN.replace("9\n", ""));
    lab.git(&["switch", "-q", "side"]);
    for range in ["main..side", "main...side", "main..", "main...", "main~0..HEAD"] {
        assert_eq!(lab.range(range), ["a.txt 6-6", "b.txt all"], "{range}");
    }
    assert_eq!(lab.range("..main"), ["a.txt"], "a removed line adds nothing");
    assert_eq!(lab.range("side..main~1"), [""; 0], "main had nothing more then");
    assert_eq!(lab.range(&tip), ["b.txt all"]);
    assert_eq!(lab.range("HEAD~2"), ["a.txt all"], "a root commit");
    let zeros = "0".repeat(40);
    for none in [&zeros, "4b825dc642cb6eb9a060e54bf8d69288fbee4904"] {
        assert_eq!(lab.range(&format!("{none}..HEAD")), ["a.txt all", "b.txt all"]);
    }
    lab.git(&["merge", "-q", "-m", "m", "main"]);
    assert_eq!(lab.range("main..HEAD"), ["a.txt 6-6", "b.txt all"], "what came from main is main's");
    assert_eq!(lab.range("HEAD"), ["a.txt"], "a merge against its first parent");
}

#[test]
fn what_a_merge_itself_adds_is_found() {
    let lab = Lab::new();
    lab.commit("a.txt", "a\n");
    lab.git(&["switch", "-q", "-c", "side"]);
    lab.commit("b.txt", "b\n");
    lab.git(&["switch", "-q", "main"]);
    lab.commit("c.txt", "c\n");
    lab.git(&["switch", "-q", "side"]);
    lab.git(&["merge", "-q", "--no-commit", "main"]);
    lab.write("c.txt", "c\nevil\n");
    lab.git(&["add", "c.txt"]);
    lab.git(&["commit", "-q", "-m", "merged"]);
    assert_eq!(lab.range("main..HEAD"), ["b.txt all", "c.txt 2-2"]);
}

#[test]
fn a_range_that_cannot_be_judged_is_an_error_and_never_empty() {
    let lab = Lab::new();
    let first = lab.commit("a.txt", "a\n");
    lab.commit("a.txt", "a\nb\n");
    for bad in ["", "nothing..HEAD", "HEAD..nothing", "no-such", "a..b..c", "-x..HEAD", "HEAD:a.txt"] {
        assert_eq!(lab.error(bad).0.exit_code(), 2, "{bad}");
    }
    let unknown = "12".repeat(20);
    assert_eq!(lab.error(&format!("{unknown}..HEAD")).0, ErrorKind::Remote);
    lab.git(&["remote", "add", "origin", "elsewhere"]);
    let (kind, text) = lab.error("origin/main..HEAD");
    assert!(kind.exit_code() == 8 && text.contains("git fetch origin main:refs/remotes/origin/main"), "{text}");

    let shallow = Lab::new();
    let url = format!("file://{}", lab.dir().display());
    shallow.git(&["remote", "add", "origin", &url]);
    shallow.git(&["fetch", "-q", "--depth=1", "origin", "main"]);
    shallow.git(&["switch", "-q", "-c", "main", "FETCH_HEAD"]);
    for range in [format!("{first}..HEAD"), "HEAD".to_owned()] {
        assert_eq!(shallow.error(&range).0.exit_code(), 8, "{range}");
    }
    lab.git(&["switch", "-q", "-c", "side", &first]);
    lab.commit("c.txt", "c\n");
    shallow.git(&["fetch", "-q", "--depth=1", "origin", "side:refs/remotes/origin/side"]);
    let (kind, text) = shallow.error("origin/side..HEAD");
    assert!(kind.exit_code() == 8 && text.contains("shallow"), "{text}");
    shallow.git(&["fetch", "-q", "--unshallow", "origin"]);
    assert_eq!(shallow.range("origin/side..HEAD"), ["a.txt 2-2"], "and works once the history is there");
}

#[test]
fn two_histories_that_never_met_are_compared_as_they_are() {
    let lab = Lab::new();
    lab.commit("a.txt", "a\n");
    lab.git(&["switch", "-q", "--orphan", "other"]);
    lab.commit("a.txt", "a\nb\n");
    assert_eq!(lab.range("main..other"), ["a.txt 2-2"]);
}
