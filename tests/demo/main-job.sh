#!/bin/sh
# The main job, played for real: a bare remote, two clones (ann's and bob's), one backlog. Every command is shown with
# its own output; what must hold is checked, and the script fails where it does not.
set -eu

. "$(dirname "$0")/common.sh"

# The state of everything that `bd sync` must not touch.
code_state() {
    git rev-parse HEAD
    git status --porcelain=v2 --branch
    git diff
    git diff --cached
    git ls-files --stage
    cat ./*.txt 2>/dev/null
}
make_bead() {
    show bd create "$@"
    made=$(bd create "$@") || die "that command failed"
    printf '%s\n' "$made"
    id=$(printf '%s\n' "$made" | grep -o 'demo-[0-9a-z]*' | head -n 1)
}

title "A bare remote and two clones"
git init -q --bare "$work/project.git"
git -c init.defaultBranch=main clone -q "$work/project.git" "$work/ann" 2>/dev/null
as ann
git config user.name ann && git config user.email ann@example.org
printf 'one\n' >app.txt
git add app.txt && git commit -qm "Start the project" && git push -q -u origin main
git clone -q "$work/project.git" "$work/bob"
as bob
git config user.name bob && git config user.email bob@example.org

title "Ann starts the backlog"
as ann
run bd init --prefix demo --publish
run git push -q
make_bead "Parse the configuration" -p 1 -t task
parse=$id
make_bead "Reload without a restart" -p 2 -t feature
reload=$id
make_bead "Write the guide" -p 3 -t chore
guide=$id
run bd dep add "$reload" "$parse"
run bd ready
run bd claim "$parse"
run bd comment "$parse" "TOML it is; see config.txt"
run_code 3 bd close "$reload"

title "A code commit, a ride, and what the branch says about the work"
run git switch -q -c parse-config
printf 'key = 1\n' >config.txt
git add config.txt
run git commit -qm "Parse the configuration ($parse)"
run bd close "$parse" --reason "parses what the tests ask for"
run bd ride
run bd diff main...HEAD --format markdown
run git switch -q main
run git merge -q --no-ff -m "Merge parse-config" parse-config
run git push -q

title "Sync: the other clone sees it"
run bd sync
as bob
run git pull -q
run bd sync
run bd list
run bd show "$parse"

title "Bob has unpushed and uncommitted code; sync neither publishes nor touches it"
printf 'two\n' >>app.txt
git add app.txt && git commit -qm "Bob's unpushed commit"
printf 'three\n' >>app.txt
git add app.txt
printf 'four\n' >>app.txt
code_state >"$work/before"
run bd comment "$guide" "I can take the chapter on reloading"
run bd sync
code_state >"$work/after"
must cmp -s "$work/before" "$work/after"
must test "$(git rev-parse origin/main)" != "$(git rev-parse HEAD)"
must test "$(git ls-remote origin refs/heads/main | cut -f1)" = "$(git rev-parse origin/main)"
printf 'HEAD, index and files are byte for byte what they were; origin/main is where it was.\n'

title "Both edit one bead offline, then sync"
run bd update "$guide" --title "Write the user guide" --add-label docs
as ann
run bd update "$guide" --priority 1 --add-label help
printf 'ann\n' >ann.txt
git add ann.txt && git commit -qm "Ann's code" && git push -q
run bd sync
as bob
run bd sync
run bd show "$guide"
as ann
run bd sync
bd show "$guide" --json >"$work/ann.json"
must grep -q 'Write the user guide' "$work/ann.json"
must grep -q '"priority": 1' "$work/ann.json"
must grep -q '"docs"' "$work/ann.json"
must grep -q '"help"' "$work/ann.json"

title "Both claim one bead; one is told who won"
run bd claim "$reload"
as bob
run bd claim "$reload"
run bd sync
as ann
run_code 6 bd sync
run bd show "$reload"

title "Both change one field: a conflict that people see and end"
run bd update "$guide" --title "The guide"
as bob
run bd update "$guide" --title "The manual"
run bd sync
as ann
run bd sync
run bd conflicts
run bd update "$guide" --title "The user guide"
run bd sync
run bd conflicts

title "History, undo, diff"
run bd history "$guide"
run bd update "$guide" --priority 4
run bd undo
run bd show "$guide" --json >"$work/undone.json"
must grep -q '"priority": 1' "$work/undone.json"
run bd sync
run bd status
as bob
run bd sync
must test "$(bd export | cksum)" = "$(cd "$work/ann" && bd export | cksum)"
printf '\nBoth clones export the same bytes.\n'
must git -C "$work/project.git" fsck --strict
printf '\nDemo done: 1 passed, 0 failed\n'
