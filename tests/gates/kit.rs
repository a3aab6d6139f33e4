//! A repository with hooks of its own, which say when they ran, in front of which ours are installed.

use bd_tests::{Cmd, Output, Sandbox, Work};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The hooks that we answer.
pub const OURS: [&str; 7] =
    ["pre-commit", "prepare-commit-msg", "commit-msg", "pre-push", "post-merge", "post-checkout", "post-rewrite"];

/// A working tree whose hooks leave a line each time they run, theirs and ours.
pub struct Kit {
    pub work: Work,
    theirs: PathBuf,
    ours: PathBuf,
}

impl Kit {
    /// Around a working tree.
    pub fn new(work: &Work) -> Self {
        let tmp = work.sandbox().path("tmp");
        Self { work: work.clone(), theirs: tmp.join("theirs"), ours: tmp.join("ours") }
    }

    /// A repository with one commit and a foreign hook for each name, in `folder` below it.
    pub fn with_foreign(sandbox: &Sandbox, name: &str, folder: &str) -> Self {
        let kit = Self::new(&sandbox.repo(name));
        for hook in OURS.iter().chain(&["post-commit"]) {
            kit.foreign(&kit.work.path(folder).join(hook), "");
        }
        kit
    }

    /// Writes a hook that finds its library next to itself and the repository above itself, notes its own name, arguments
    /// and input, and ends as `tail` says.
    pub fn foreign(&self, path: &Path, tail: &str) {
        let (theirs, name) = (self.theirs.display(), path.file_name().unwrap().to_string_lossy().into_owned());
        let input = if matches!(name.as_str(), "pre-push" | "post-rewrite") { "input=$(cat)" } else { "input=" };
        let text = format!(
            "#!/bin/sh\n. \"$(dirname \"$0\")/lib.sh\" || exit 91\n[ -e \"$(dirname \"$0\")/../$UP\" ] || exit 92\n{input}\n\
             echo \"$(basename \"$0\") $* [$input]\" >> '{theirs}'\n{tail}\n"
        );
        let folder = path.parent().unwrap();
        // What a hook may look for above itself.
        let up = ["HEAD", "README.md", "package.json"].into_iter().find(|f| folder.join("..").join(f).exists());
        program(path, &text);
        if !folder.join("lib.sh").exists() {
            std::fs::write(folder.join("lib.sh"), format!("UP={}\n", up.unwrap_or("."))).unwrap();
        }
    }

    /// `git` whose hooks are noted.
    pub fn git_cmd(&self, args: &[&str]) -> Cmd {
        self.work.git_cmd(args).env("BD_FAILPOINT_LOG", &self.ours)
    }

    /// Runs it.
    pub fn git(&self, args: &[&str]) -> Output {
        self.git_cmd(args).run()
    }

    /// The hooks that ran since the last time this was asked: theirs (whole lines) and ours (names).
    pub fn ran(&self) -> (Vec<String>, Vec<String>) {
        let take = |path: &Path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let _gone = std::fs::remove_file(path);
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let ours = take(&self.ours).into_iter().filter_map(|l| l.strip_prefix("hook.").map(str::to_owned)).collect();
        (take(&self.theirs), ours)
    }

    /// How often each hook of a name ran since the last time: theirs, ours.
    pub fn count(&self, names: &[&str]) -> Vec<(usize, usize)> {
        let (theirs, ours) = self.ran();
        let each = |n: &&str| {
            let mine = theirs.iter().filter(|l| l.split(' ').next() == Some(n)).count();
            (mine, ours.iter().filter(|o| o == n).count())
        };
        names.iter().map(each).collect()
    }

    /// `bd-gate hooks VERB`.
    pub fn hooks(&self, verb: &str) -> Output {
        self.work.gate_cmd(&["hooks", verb]).run()
    }

    /// Installs, and checks that git reaches everything.
    #[track_caller]
    pub fn install(&self) {
        self.hooks("install").ok();
        self.hooks("status").ok();
        let _other_runs = self.ran();
    }
}

/// Writes an executable file, with the folders above it.
pub fn program(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Every file below a folder with kind, mode, time of change and bytes: what must be as it was.
pub fn picture(dir: &Path) -> Vec<String> {
    fn walk(top: &Path, dir: &Path, out: &mut Vec<String>) {
        let mut names: Vec<PathBuf> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
        names.sort();
        for path in names {
            let meta = path.symlink_metadata().unwrap();
            let name = path.strip_prefix(top).unwrap().display().to_string();
            if meta.is_dir() {
                out.push(format!("{name}/"));
                walk(top, &path, out);
            } else if meta.is_symlink() {
                out.push(format!("{name} -> {}", std::fs::read_link(&path).unwrap().display()));
            } else {
                let bytes = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                // git writes its configuration anew: its bytes count, not its time.
                let time = if name.ends_with("config") { 0 } else { meta.mtime_nsec() + meta.mtime() };
                out.push(format!("{name} {:o} {time} {bytes}", meta.mode()));
            }
        }
    }
    let mut out = Vec::new();
    walk(dir, dir, &mut out);
    out
}
