#!/bin/sh
# Builds and installs `bd`, its plugin `bd-gate` and `gt` (also as `gastown`) from this checkout. With --demo it also plays the
# main jobs in scratch directories.
# Everything happens in main, called on the last line: a truncated download does nothing.
set -eu

usage() {
    cat <<'EOF'
usage: ./install.sh [--demo] [--dry-run] [--uninstall] [--help]

  (nothing)     build bd, bd-gate and gt and install them into $BD_INSTALL_DIR (default: ~/.local/bin); gastown is a link to gt
  --demo        the same, then play the main jobs in scratch directories, with real output
  --dry-run     say what would be done, and do nothing
  --uninstall   remove what was installed
  --help        this text

Needs: a Rust toolchain (1.89 or newer) and git (2.39 or newer). Nothing is downloaded but crates, nothing runs as root.
EOF
}

say() { printf '%s\n' "$*"; }
fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 2
}

find_cargo() {
    command -v cargo >/dev/null 2>&1 || fail "cargo is not on the PATH; install Rust 1.89 or newer first"
    command -v git >/dev/null 2>&1 || fail "git is not on the PATH; install git 2.39 or newer first"
    # With an empty HOME, rustup does not find the toolchains that its own cargo shim belongs to.
    if ! cargo --version >/dev/null 2>&1; then
        shim=$(command -v cargo)
        home=${shim%/.cargo/bin/cargo}
        if [ -z "${RUSTUP_HOME:-}" ] && [ -d "$home/.rustup" ]; then
            RUSTUP_HOME=$home/.rustup
            CARGO_HOME=${CARGO_HOME:-$home/.cargo}
            export RUSTUP_HOME CARGO_HOME
        fi
        cargo --version >/dev/null 2>&1 || fail "cargo does not run: $(cargo --version 2>&1 | head -n 1)"
    fi
}

build() {
    say "Building $programs (release) ..."
    built=$("$root/.ci/release") || fail "the build failed"
    for name in $programs; do
        [ -x "$(dirname "$built")/$name" ] || fail "the build left no $name at $(dirname "$built")"
    done
}

install_one() {
    # Written beside its place and renamed: a running bd keeps its file, and a full disk leaves the old one.
    mkdir -p "$dir"
    temp=$dir/.$2.$$
    trap 'rm -f "$temp"' EXIT INT TERM
    cp "$1" "$temp"
    chmod 755 "$temp"
    mv -f "$temp" "$dir/$2"
    trap - EXIT INT TERM
    say "Installed $dir/$2"
}

# The other name of gt: a link beside it, so that both are always one program. What is no link of ours stays.
link_alias() {
    if [ -e "$dir/$alias" ] && [ ! -L "$dir/$alias" ]; then
        say "Left $dir/$alias as it is: it is not the link that this script makes"
    elif [ "$(readlink "$dir/$alias" 2>/dev/null || true)" = gt ]; then
        say "$dir/$alias is up to date"
    else
        ln -sf gt "$dir/$alias"
        say "Installed $dir/$alias (a link to gt)"
    fi
}

remove_alias() {
    if [ ! -L "$dir/$alias" ]; then
        say "Nothing to remove: $dir/$alias is not there, or is not our link"
    elif [ "$(readlink "$dir/$alias")" != gt ]; then
        say "Left $dir/$alias as it is: it leads elsewhere"
    elif [ "$dry" = yes ]; then
        say "Would remove $dir/$alias"
    else
        rm -f "$dir/$alias"
        say "Removed $dir/$alias"
    fi
}

main() {
    demo=no dry=no uninstall=no
    programs="bd bd-gate gt"
    alias=gastown
    demos="main-job gates"
    for word in "$@"; do
        case $word in
        --demo) demo=yes ;;
        --dry-run) dry=yes ;;
        --uninstall) uninstall=yes ;;
        -h | --help)
            usage
            return 0
            ;;
        *)
            usage >&2
            fail "unknown word: $word"
            ;;
        esac
    done
    root=$(cd "$(dirname "$0")" && pwd)
    [ -f "$root/bd/Cargo.toml" ] || fail "run it from a checkout: $root holds no bd/Cargo.toml"
    if [ -n "${BD_INSTALL_DIR:-}" ]; then
        dir=$BD_INSTALL_DIR
    else
        [ -n "${HOME:-}" ] || fail "there is no HOME; set BD_INSTALL_DIR"
        dir=$HOME/.local/bin
    fi

    if [ "$uninstall" = yes ]; then
        for name in $programs; do
            if [ ! -e "$dir/$name" ]; then
                say "Nothing to remove: $dir/$name is not there"
            elif [ "$dry" = yes ]; then
                say "Would remove $dir/$name"
            else
                rm -f "$dir/$name"
                say "Removed $dir/$name"
            fi
        done
        remove_alias
        [ "$dry" = yes ] || say "Repositories keep their beads; hooks that were installed in them say that bd-gate is missing"
        return 0
    fi
    if [ "$dry" = yes ]; then
        say "Would build in $root and install into $dir: $programs, and $alias as a link to gt"
        if [ "$demo" = yes ]; then
            for name in $demos; do say "Would then play tests/demo/$name.sh in a scratch directory"; done
            say "Would then play gt demo soc2"
        fi
        return 0
    fi

    find_cargo
    build
    for name in $programs; do
        made=$(dirname "$built")/$name
        if [ -f "$dir/$name" ] && cmp -s "$made" "$dir/$name"; then
            say "$dir/$name is up to date"
        else
            install_one "$made" "$name"
        fi
    done
    link_alias
    case ":$PATH:" in
    *":$dir:"*) ;;
    *) say "Add $dir to your PATH to call them as bd and gt" ;;
    esac
    if [ "$demo" = yes ]; then
        PATH=$dir:$PATH
        export PATH
        for name in $demos; do sh "$root/tests/demo/$name.sh"; done
        gt demo soc2
    fi
}

main "$@"
