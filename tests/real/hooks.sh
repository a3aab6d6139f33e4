#!/usr/bin/env bash
# Hook managers, unmodified, from their registries, with our hooks: theirs and ours run once, their failure keeps its code, ours
# refuses, their next install loses nobody, uninstall restores. Used by ./run.
#
#   tests/real/hooks.sh BIN CACHE MANAGER     husky-8 husky-9 lefthook-1 lefthook-2 pre-commit
#   BIN     a folder with bd-gate, failpoints compiled in (they say when ours ran)
#   CACHE   where the packages' managers keep what they downloaded
set -uo pipefail
bin="$1" cache="$2" manager="$3"
passed=0 failed=0
world="$(mktemp -d)"
trap 'rm -rf "$world"' EXIT
export HOME="$world/home" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8
export GIT_AUTHOR_NAME=ann GIT_AUTHOR_EMAIL=ann@example.test GIT_COMMITTER_NAME=ann GIT_COMMITTER_EMAIL=ann@example.test
export npm_config_cache="$cache/npm" npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
export PATH="$bin:$PATH" BD_FAILPOINT_LOG="$world/ours"
unset CI BD_HOOK_CANARY
note="$world/theirs" code="$world/code" repo="$world/repo"
mkdir -p "$HOME" "$repo"
echo 0 >"$code"
: >"$note"
: >"$BD_FAILPOINT_LOG"

check() { # check NAME COMMAND…: counts one fact
  local name="$1"
  shift
  if "$@" >"$world/out" 2>&1; then
    passed=$((passed + 1))
    echo "ok   $manager: $name"
  else
    failed=$((failed + 1))
    echo "FAIL $manager: $name"
    sed 's/^/     /' "$world/out"
  fi
}
finish() {
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 && $passed -gt 0 ]]
  exit
}
# ran COMMAND…: runs it and sets `theirs` and `ours` to how often each pre-commit ran meanwhile.
ran() {
  : >"$note"
  : >"$BD_FAILPOINT_LOG"
  "$@" >"$world/said" 2>&1
  status=$?
  theirs="$(grep -c ran "$note")"
  ours="$(grep -cx hook.pre-commit "$BD_FAILPOINT_LOG")"
}
once() { # once NAME COMMAND…: it succeeds, and both ran once
  local name="$1"
  shift
  ran "$@"
  check "$name" test "$status $theirs $ours" = "0 1 1"
  [[ "$status $theirs $ours" = "0 1 1" ]] || { echo "     exit $status, theirs $theirs, ours $ours"; sed 's/^/     /' "$world/said"; }
}
change() { # a new good line, committed
  echo "line $RANDOM" >>code.txt
  git commit -q -a -m "Change"
}
picture() { # what uninstall has to bring back
  local dir
  dir="$(git -c core.hooksPath="$1" rev-parse --git-path hooks)"
  (cd "$dir" && find . -type f -o -type l | sort | while read -r f; do stat -c '%n %a %Y %N' "$f"; sha256sum <"$f"; done)
  cat .git/config
  git status --porcelain
}

# The programs of theirs: they note that they ran, and end as $code says.
job="sh -c 'echo ran >> $note; exit \$(cat $code)'"
cd "$repo" && git init -q -b main || exit 1
echo 'node_modules' >.gitignore
echo start >code.txt
case "$manager" in
  husky-8)
    echo '{"name":"w","version":"1.0.0","private":true,"scripts":{"prepare":"husky install"}}' >package.json
    npm install --silent --save-dev husky@8.0.3 >/dev/null 2>&1 && npx --no-install husky install >/dev/null && npx --no-install husky add .husky/pre-commit "$job" >/dev/null || exit 1
    again() { npm install --silent; }
    path=.husky
    ;;
  husky-9)
    echo '{"name":"w","version":"1.0.0","private":true,"scripts":{"prepare":"husky"}}' >package.json
    npm install --silent --save-dev husky@9.1.7 >/dev/null 2>&1 && npx --no-install husky && echo "$job" >.husky/pre-commit || exit 1
    again() { npm install --silent; }
    path=.husky/_
    ;;
  lefthook-*)
    echo '{"name":"w","version":"1.0.0","private":true}' >package.json
    printf 'pre-commit:\n  commands:\n    theirs:\n      run: %s\n' "$job" >lefthook.yml
    version=1.13.6
    [[ "$manager" = lefthook-2 ]] && version=2.2.2
    npm install --silent --save-dev "lefthook@$version" >/dev/null 2>&1 && npx --no-install lefthook install >/dev/null 2>&1 || exit 1
    again() { npx --no-install lefthook install --force; }
    path=.git/hooks
    ;;
  pre-commit)
    venv="$cache/pre-commit-4.3.0"
    if [[ ! -e "$venv/.complete" ]]; then
      rm -rf "$venv"
      python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check pre-commit==4.3.0 && touch "$venv/.complete" || exit 1
    fi
    export PATH="$venv/bin:$PATH" PRE_COMMIT_HOME="$world/pre-commit"
    printf 'repos:\n- repo: local\n  hooks:\n  - id: theirs\n    name: theirs\n    language: system\n    always_run: true\n    pass_filenames: false\n    entry: %s\n' "$job" >.pre-commit-config.yaml
    pre-commit install >/dev/null || exit 1
    again() { pre-commit install; }
    path=.git/hooks
    ;;
  *)
    echo "no manager named $manager"
    exit 1
    ;;
esac

git add --all
ran git commit -q -m "Set up"
check "theirs runs without us" test "$status $theirs $ours" = "0 1 0"
before="$(picture "$path")"
echo 1 >"$code"
echo more >>code.txt
git add code.txt
git hook run pre-commit >/dev/null 2>&1
alone=$?
echo 0 >"$code"
git reset -q --hard

ran bd-gate hooks install
check "install" test "$status $theirs" = "0 0"
ran bd-gate hooks status
check "status proves that git reaches ours, and runs nothing of theirs" test "$status $theirs" = "0 0"
check "their folder and the tree are as they were" test "$(git status --porcelain)" = ""
once "both run once" change
echo 1 >"$code"
echo more >>code.txt
git add code.txt
ran git hook run pre-commit
check "their failure keeps its code ($alone), and they ran once" test "$status $theirs" = "$alone 1"
head="$(git rev-parse HEAD)"
ran change
check "their failure stops the commit" test "$(git rev-parse HEAD) $theirs" = "$head 1"
echo 0 >"$code"
printf 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {\n\tt.Skip("later")\n}\n' >a_test.go
git add a_test.go
ran git commit -q -m "Skips"
check "ours refuses, theirs had run once" test "$(git rev-parse HEAD) $theirs $ours" = "$head 1 1"
check "ours says where" grep -q 'a_test.go:6' "$world/said"
git rm -q --cached a_test.go && rm a_test.go
git reset -q --hard
git worktree add -q -b side "$world/side" >/dev/null 2>&1
# husky 8 does not run in a worktree without its own folder, with or without us.
[[ ! -d .husky/_ ]] || cp -r .husky/_ "$world/side/.husky/"
ran git -C "$world/side" commit -q --allow-empty -m "In a worktree"
check "ours runs once in a linked worktree" test "$status $ours" = "0 1"
git worktree remove --force "$world/side" && git branch -q -D side

bd-gate hooks uninstall >/dev/null
git checkout -q -- . && git reset -q --hard "$(git rev-list --max-parents=0 HEAD)"
check "uninstall restores bytes, modes, times, configuration" diff <(echo "$before") <(picture "$path")
ran change
check "theirs alone runs after uninstall" test "$status $theirs $ours" = "0 1 0"

bd-gate hooks install >/dev/null
again >/dev/null 2>&1
if [[ "$manager" = lefthook-* ]]; then
  # lefthook writes over the file: the next hook of ours notices, in the same commit.
  ran change
  said="$(grep -c 'chained again' "$world/said")"
  check "after their install: the commit passes, theirs once, and it is said" test "$status $theirs $((said > 0))" = "0 1 1"
  again >/dev/null 2>&1
  head="$(git rev-parse HEAD)"
  printf 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {\n\tt.Skip("later")\n}\n' >a_test.go
  git add a_test.go
  ran git commit -q -m "Skips"
  check "after their install: a skip is refused in the very first commit" test "$(git rev-parse HEAD)" = "$head"
  git rm -q --cached a_test.go && rm a_test.go
fi
once "after their install both run once" change
ran bd-gate hooks status
check "after their install status is content" test "$status $theirs" = "0 0"
bd-gate hooks uninstall >/dev/null
ran change
check "after the last uninstall theirs alone runs" test "$status $theirs $ours" = "0 1 0"
check "nothing of ours is left" test -z "$(ls -d .git/bd-hooks .git/hooks-before-bd 2>/dev/null; grep -rl 'bd-gate' .git/hooks .git/config 2>/dev/null)"
finish
