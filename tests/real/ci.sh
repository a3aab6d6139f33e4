#!/usr/bin/env bash
# What a forge and the pre-commit framework make of our definitions and of our SARIF, with their own schemas and the real package.
#   ci.sh BIN-FOLDER VENV SARIF-SCHEMA
set -uo pipefail
bin="$1" venv="$2" schema="$3"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
export PATH="$bin:$PATH"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export HOME="$work/home" GIT_CONFIG_NOSYSTEM=1 PRE_COMMIT_HOME="$work/pre-commit"
mkdir "$HOME"
git config --global init.defaultBranch main
git config --global user.name ann
git config --global user.email ann@example.org
git config --global protocol.file.allow always
passed=0 failed=0
# ok NAME COMMAND…; not_ok NAME COMMAND… must fail.
ok() {
  local name="$1"
  shift
  if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAILED: $name"
    cat "$work/out"
  fi
}
not_ok() {
  local name="$1"
  shift
  if "$@" >"$work/out" 2>&1; then
    failed=$((failed + 1))
    echo "FAILED: $name (it should have been refused)"
    cat "$work/out"
  else passed=$((passed + 1)); fi
}

ok "the GitHub workflow" "$venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$root/docs/ci/github-actions.yml"
ok "our own workflow" "$venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$root/.github/workflows/ci.yml"
ok "the GitLab job" "$venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci "$root/docs/ci/gitlab-ci.yml"
ok "the hooks of pre-commit" "$venv/bin/pre-commit" validate-manifest "$root/.pre-commit-hooks.yaml"

git init -q "$work/app"
cd "$work/app" || exit 1
printf 'package a\n' >a.go
git add . && git commit -qm "Start"
bad() { printf 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {\n\tt.Skip("later") // ü\n\t// gate:allow no-skip -- no printer here\n\tt.Skip("never")\n}\n' >"a_test.go"; }
bad
git add . && git commit -qm "Bad"
not_ok "the skipped test" bd gate check HEAD --output bad.sarif --output bad.json
ok "SARIF of a failed check" "$venv/bin/check-jsonschema" --regex-variant python --schemafile "$schema" bad.sarif
ok "it has the place" grep -q '"startLine": 6' bad.sarif
ok "it has the waiver" grep -q '"inSource"' bad.sarif
ok "the schema of our JSON" bash -c 'bd gate schema check >schema.json'
ok "JSON" "$venv/bin/check-jsonschema" --schemafile schema.json bad.json
ok "the good commit" bd gate check HEAD~1 --output good.sarif
ok "SARIF of a passed check" "$venv/bin/check-jsonschema" --regex-variant python --schemafile "$schema" good.sarif

# The framework installs hooks from a repository: one with our file in it.
git init -q "$work/hooks"
cp "$root/.pre-commit-hooks.yaml" "$work/hooks/"
(cd "$work/hooks" && git add . && git commit -qm "Hooks") || exit 1
rev="$(git -C "$work/hooks" rev-parse HEAD)"
git init -q --bare "$work/app.git"
rm -f bad.* good.* schema.json
git reset -q --hard HEAD~1
printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks:\n      - id: bd-gate\n      - id: bd-gate-push\n' "$work/hooks" "$rev" >.pre-commit-config.yaml
git add . && git commit -qm "Configuration"
git remote add origin "$work/app.git" && git push -q -u origin main
ok "pre-commit install" "$venv/bin/pre-commit" install --hook-type pre-commit --hook-type pre-push
bad
sed -i '/never/d;/printer/d' a_test.go
git add .
not_ok "a commit under pre-commit" git commit -m "Bad"
cp "$work/out" "$work/said"
ok "its place is shown" grep -q 'a_test.go:6:' "$work/said"
git commit -q --no-verify -m "Past the hook"
not_ok "a push under pre-commit" git push origin main
sed -i '/Skip/d' a_test.go
git add .
ok "the repaired commit" git commit -m "Good"
ok "its push" git push origin main
echo "$passed passed, $failed failed"
((failed == 0))
