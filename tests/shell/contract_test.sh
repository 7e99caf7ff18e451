#!/usr/bin/env bash
# What users type and programs parse is what it was when somebody last looked.
set -euo pipefail

: "${STRATSIM:?names the program to look at}"
tree=${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
command -v python3 >/dev/null || { echo "not run: python3 is missing"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$tree/tests/contract" >"$scratch/contract"
for kind in command flag value scenario json csv 'exit code' strategy 'short flag'; do
    grep -q "^$kind " "$scratch/contract" || { echo "FAIL: no $kind is listed"; exit 1; }
done
if ! diff -u "$tree/tests/data/contract.txt" "$scratch/contract"; then
    echo "FAIL: the contract has changed; if that is meant: tests/bless, and say what breaks in CHANGELOG.md"
    exit 1
fi
