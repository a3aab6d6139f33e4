#!/usr/bin/env bash
# Fetches the packages that tests/corpus/labels names, each from its registry by the ordinary client, into DIR/REGISTRY/PACKAGE-VERSION.
#
#   tests/real/corpus.sh DIR
#
# What cannot be fetched is named, and the script ends with 1: a corpus with holes is no corpus.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
[[ $# -eq 1 ]] || { echo "usage: corpus.sh DIR" >&2; exit 2; }
mkdir -p "$1"
dir="$(cd "$1" && pwd)"
temp="$(mktemp -d)"
trap 'rm -rf "$temp"' EXIT
labels=("$here"/../corpus/labels/*.tsv)

# packages REGISTRY: "PACKAGE VERSION" lines.
packages() { cat "${labels[@]}" | awk -F'\t' -v r="$1" '$2 == r {print $3, $4}' | sort -u; }

# place REGISTRY PACKAGE VERSION: where it is unpacked.
place() { echo "$dir/$1/${2//\//__}-$3"; }

# keep FROM TO: whole, or not at all.
keep() { rm -rf "$2" && mkdir -p "$(dirname "$2")" && mv "$1" "$2"; }

# `cargo info` unpacks the one version that it is asked about, without what it depends on: crates that could not be in one build are no trouble.
one_crate() {
  local from
  (cd "$temp" && cargo info --quiet "$1@$2" >/dev/null 2>&1)
  from="$(echo "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$1-$2")"
  [[ -d "$from" ]] && rm -rf "$temp/crate" && cp -r "$from" "$temp/crate" && keep "$temp/crate" "$(place crate "$1" "$2")"
}

# unpack ARCHIVE TO
unpack() {
  rm -rf "$temp/unpacked" && mkdir "$temp/unpacked" && tar -xf "$1" -C "$temp/unpacked" && keep "$temp/unpacked" "$2"
}

one_pypi() {
  rm -rf "$temp/pypi"
  pip download --quiet --disable-pip-version-check --no-deps --no-binary "$1" --dest "$temp/pypi" "$1==$2" >/dev/null 2>&1
  unpack "$temp"/pypi/*.tar.gz "$(place pypi "$1" "$2")" 2>/dev/null
  # The archive's own top folder goes.
  local to
  to="$(place pypi "$1" "$2")"
  [[ -d "$to" ]] && keep "$(echo "$to"/*)" "$temp/top" && keep "$temp/top" "$to"
}

one_npm() {
  rm -rf "$temp/npm" && mkdir "$temp/npm"
  (cd "$temp/npm" && npm pack --silent "$1@$2" >/dev/null 2>&1)
  unpack "$temp"/npm/*.tgz "$(place npm "$1" "$2")" 2>/dev/null
}

one_deb() {
  rm -rf "$temp/deb" && mkdir -p "$temp/deb/x"
  (cd "$temp/deb" && apt-get download -qq "$1=$2" >/dev/null 2>&1 && dpkg-deb -x ./*.deb x) && keep "$temp/deb/x" "$(place deb "$1" "$2")"
}

# Sources are asked for with lists of our own: the machine's stay as they are.
one_debsrc() {
  local own="$temp/apt"
  if [[ ! -d "$own" ]]; then
    mkdir -p "$own/parts" "$own/lists/partial"
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
      sed 's/^Types:.*/Types: deb-src/' "$file" >"$own/parts/$(basename "$file")"
    done
    [[ ! -s /etc/apt/sources.list ]] || sed 's/^deb /deb-src /' /etc/apt/sources.list >"$own/parts/main.list"
    apt-get -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$own/parts" -o Dir::State::lists="$own/lists" update -qq >/dev/null 2>&1
  fi
  rm -rf "$temp/src" && mkdir "$temp/src"
  (cd "$temp/src" && apt-get -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$own/parts" -o Dir::State::lists="$own/lists" \
    source --download-only -qq "$1=$2" >/dev/null 2>&1)
  # Beside the archive there may be its signature (.asc), which is nothing to unpack.
  local archive
  archive="$(find "$temp/src" -name '*.orig.tar.*' ! -name '*.asc' | head -1)"
  [[ -n "$archive" ]] && unpack "$archive" "$(place debsrc "$1" "$2")" 2>/dev/null
}

missing=0
for registry in crate pypi npm deb debsrc; do
  while read -r name version; do
    if [[ ! -d "$(place "$registry" "$name" "$version")" ]]; then
      "one_$registry" "$name" "$version"
    fi
    if [[ ! -d "$(place "$registry" "$name" "$version")" ]]; then
      echo "not fetched: $registry $name $version"
      missing=$((missing + 1))
    fi
  done < <(packages "$registry")
done
echo "$(cat "${labels[@]}" | awk -F'\t' '$2 != "registry" {print $2, $3, $4}' | sort -u | wc -l) packages, $missing missing"
[[ $missing -eq 0 ]]
