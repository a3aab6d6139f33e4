# What the demos share: a scratch directory with a HOME of its own, and commands that are shown with their own output.

work=$(mktemp -d "${TMPDIR:-/tmp}/bd-demo.XXXXXX")
[ -n "${BD_DEMO_KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
HOME=$work/home
mkdir "$HOME"
GIT_CONFIG_NOSYSTEM=1
GIT_CONFIG_GLOBAL=$HOME/.gitconfig
export HOME GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL
unset GIT_CONFIG_COUNT BD_ACTOR BEADS_ACTOR BEADS_DIR BEADS_DB GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE 2>/dev/null || true
git config --global init.defaultBranch main
git config --global advice.detachedHead false
NO_COLOR=1
export NO_COLOR

who=
title() { printf '\n## %s\n' "$*"; }
as() {
    who=$1
    cd "$work/$1"
}
show() {
    printf '\n%s$' "${who:+$who }"
    for word in "$@"; do
        case $word in
        *[!A-Za-z0-9_./:=@,+-]* | '') printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
}
run() {
    show "$@"
    "$@" || die "that command failed with $?"
}
# A command that must end with a given code.
run_code() {
    wanted=$1
    shift
    show "$@"
    got=0
    "$@" || got=$?
    printf '(exit %s)\n' "$got"
    [ "$got" = "$wanted" ] || die "it should have ended with $wanted"
}
die() {
    printf '\nDEMO FAILED: %s\n' "$*" >&2
    exit 1
}
must() {
    "$@" || die "it does not hold: $*"
}
