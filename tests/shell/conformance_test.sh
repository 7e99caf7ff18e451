#!/usr/bin/env bash
# The controllers agree with the recordings that are kept here, and a wrong recording is noticed.
set -euo pipefail
root=${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
data=$root/tests/data/kubernetes

said=$("$root/tests/conformance" kubernetes "$data") || {
    echo "$said"
    exit 1
}
if ! [[ $(tail -n 1 <<<"$said") =~ ^[1-9][0-9]*\ passed,\ 0\ failed$ ]]; then
    echo "the last line is not the sum: $(tail -n 1 <<<"$said")"
    exit 1
fi
grep -qE '^cases: [1-9][0-9]* passed, 0 failed$' <<<"$said"
grep -qE '^rows: [1-9][0-9]* passed, 0 failed$' <<<"$said"

# A judge that lets everything pass is none: one wrong number, one line, one failure.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
sed 's/"peakSpec":13/"peakSpec":12/' "$data/settled.json" >"$scratch/settled.json"
if said=$("$root/tests/conformance" kubernetes "$scratch"); then
    echo "a wrong peak passes"
    exit 1
fi
grep -q '^a-def-n10: peakSpec: recorded 12, simulated 13$' <<<"$said"
grep -q '^computed_steps.json is not there: skipped$' <<<"$said"

# The endpoints of a Service are judged, and a recording that shows which of two racing writes came
# first leaves nothing to try.
mkdir "$scratch/traces"
cp "$data/traces/"*.json "$scratch/traces/"
sed -i 's/\[1,0,1\]/[0,0,2]/g' "$scratch/traces/t-canary-fail-n4-2.json"
if said=$("$root/tests/conformance" kubernetes "$scratch"); then
    echo "wrong endpoints pass"
    exit 1
fi
grep -q '^t-canary-fail-n4-2: endpoints: ' <<<"$said"
if grep -q 'a-s1u0-n1: a race' <<<"$said"; then
    echo "the order of two writes is guessed although the recording shows it"
    exit 1
fi
