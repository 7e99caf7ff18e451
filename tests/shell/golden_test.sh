#!/usr/bin/env bash
# Every shipped scenario prints exactly the report that lies beside it: NAME.expected.txt.
#
#   tests/shell/golden_test.sh --bless   writes the reports instead (tests/bless builds first)
set -euo pipefail

: "${STRATSIM:?names the program to look at}"
tree=${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$tree"

mapfile -t files < <(grep -rl --include='*.yaml' '^kind: Scenario$' scenarios | LC_ALL=C sort)
[[ ${#files[@]} -gt 0 ]] || { echo "there are no scenarios"; exit 1; }

# report FILE: what a user sees who runs it from the top of the tree; an unmet expectation is part
# of the report, anything else that goes wrong is not.
report() {
    local code=0
    "$STRATSIM" run -f "$1" </dev/null || code=$?
    [[ $code -le 1 ]] || { echo "$1 ended with $code" >&2; return 1; }
}

failures=0
for file in "${files[@]}"; do
    expected=${file%.yaml}.expected.txt
    if [[ ${1:-} == --bless ]]; then
        report "$file" >"$scratch/report"
        cmp -s "$scratch/report" "$expected" || { cp "$scratch/report" "$expected"; echo "blessed $expected"; }
        continue
    fi
    if ! report "$file" >"$scratch/report"; then
        failures=$((failures + 1))
    elif ! diff -u "$expected" "$scratch/report"; then
        echo "FAIL: $file prints another report than $expected"
        failures=$((failures + 1))
    fi
done
while IFS= read -r expected; do
    [[ -e ${expected%.expected.txt}.yaml ]] && continue
    echo "FAIL: $expected belongs to no scenario"
    failures=$((failures + 1))
done < <(find scenarios -name '*.expected.txt')

[[ $failures -eq 0 ]] || echo "if the reports are right and read well: tests/bless, and look at git diff"
[[ $failures -eq 0 ]]
