//! The text of a shim. It starts no process but `bd-gate`, in its own place, and needs nothing but a POSIX shell: where
//! `bd-gate` is gone it still hands on to the hook that was there before.

use super::Hook;

/// The version of the shims that this program writes. A shim says its own, so that an old one is noticed.
pub const VERSION: u32 = 1;

/// What every file of ours has in its second line.
const MARK: &str = "# bd-gate hook ";

/// The version of a shim of ours; `None` for anything else.
pub fn version_of(bytes: &[u8]) -> Option<u32> {
    let line = bytes.split(|b| *b == b'\n').nth(1)?;
    let rest = std::str::from_utf8(line).ok()?.trim_end().strip_prefix(MARK)?;
    rest.split(' ').next()?.parse().ok()
}

/// Quotes a text for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A shim that stands where the old hook stood.
pub fn beside(hook: Hook, binary: &str) -> String {
    let name = hook.name;
    format!(
        r#"#!/bin/sh
{MARK}{VERSION} {name}
# Written by `bd hooks install`. What was here before is kept in the folder hooks-before-bd next to this one and still runs,
# once, with its own exit code; `bd hooks uninstall` puts it back.
case $0 in */*) at=${{0%/*}} ;; *) at=$PWD ;; esac
old=$at-before-bd/{name}
# Another manager moved this file aside and calls it: it runs what was here before by itself.
case $0 in *.legacy | *.old) old= ;; esac
if [ -e "$at-before-bd/on" ]; then
{call}fi
[ -z "$old" ] || [ ! -x "$old" ] || exec "$old" "$@"
exit 0
"#,
        call = call(hook, binary, r#"--before "$old""#),
    )
}

/// A shim in a folder of ours, in front of somebody's `core.hooksPath`.
pub fn layer(hook: Hook, binary: &str) -> String {
    let name = hook.name;
    format!(
        r#"#!/bin/sh
{MARK}{VERSION} {name}
# Written by `bd hooks install` in front of this repository's core.hooksPath, whose own hook runs, once, with its own exit code.
{call}{UNDER}[ ! -x "$under/{name}" ] || exec "$under/{name}" "$@"
exit 0
"#,
        call = call(hook, binary, "--layer"),
    )
}

/// A hook that we do not answer, handed on to the folder that ours stands in front of.
pub fn passed_on(name: &str) -> String {
    format!(
        r#"#!/bin/sh
{MARK}{VERSION} {name}
# Written by `bd hooks install` in front of this repository's core.hooksPath, whose own hook runs.
{UNDER}[ ! -x "$under/{name}" ] || exec "$under/{name}" "$@"
exit 0
"#
    )
}

/// Finds what git would use without us: the last core.hooksPath that is not ours.
const UNDER: &str = r#"case $0 in */*) at=${0%/*} ;; *) at=$PWD ;; esac
under=$(git config --type=path --get-all core.hooksPath | {
  last=
  while IFS= read -r path; do [ "$path" = "$at" ] || last=$path; done
  printf %s "$last"
})
[ -n "$under" ] || under=$(git rev-parse --git-common-dir)/hooks
"#;

/// Calls `bd-gate`, or says that it is gone.
fn call(hook: Hook, binary: &str, old: &str) -> String {
    let name = hook.name;
    let mut missing = String::new();
    if hook.guard {
        let word = "bd-gate is neither at $known nor on the PATH, so no gate is asked";
        let next = "install it again, or take the hooks out with `bd hooks uninstall`";
        // One word a command: the hooks that follow in the same commit say nothing.
        let said = matches!(name, "pre-commit" | "pre-push");
        let warn = if said { format!("echo \"warning: {word}: {}\" >&2", next.replace('`', "\\`")) } else { ":".to_owned() };
        missing = format!(
            r#"  case ${{CI:-}} in
  '' | 0 | false) {warn} ;;
  *)
    echo "error: hook {name}: {word}, and CI is set: nothing passes unseen here" >&2
    echo "hint: install bd-gate on this machine" >&2
    exit 2
    ;;
  esac
"#
        );
    }
    format!(
        r#"  known={}
  bd=$known
  [ -x "$bd" ] || {{ bd=; command -v bd-gate >/dev/null 2>&1 && bd=bd-gate; }}
  [ -z "$bd" ] || exec "$bd" hook --shim {VERSION} --at "$0" {old} {name} -- "$@"
{missing}"#,
        quoted(binary)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shim::HOOKS;

    #[test]
    fn a_shim_says_its_version_and_nothing_else_does() {
        for hook in HOOKS {
            for text in [beside(hook, "/a/bd-gate"), layer(hook, "/a/bd-gate"), passed_on(hook.name)] {
                assert_eq!(version_of(text.as_bytes()), Some(VERSION));
                assert!(text.starts_with("#!/bin/sh\n") && !text.contains('\r'));
            }
        }
        for text in [
            "",
            "#!/bin/sh\n",
            "#!/bin/sh\n# bd-gate hook x\n",
            "# bd-gate hook 1 pre-commit\n",
            "#!/bin/sh\nexit 0\n# bd-gate hook 1\n",
        ] {
            assert_eq!(version_of(text.as_bytes()), None, "{text}");
        }
        assert_eq!(version_of(b"#!/bin/sh\r\n# bd-gate hook 7 pre-push\r\n"), Some(7));
    }

    #[test]
    fn a_path_with_a_quote_stays_one_word() {
        assert_eq!(quoted("/o'brien/bd"), r"'/o'\''brien/bd'");
        assert!(beside(HOOKS[0], "/o'brien/bd").contains(r"known='/o'\''brien/bd'"));
    }
}
