#!/usr/bin/env bash
# The data plane agrees with the recordings that are kept here; a wrong recording, and whatever the
# runner does not know, is noticed.
set -euo pipefail
root=${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
data=$root/tests/data/loopback

said=$("$root/tests/conformance" loopback "$data") || {
    echo "$said"
    exit 1
}
if ! [[ $(tail -n 1 <<<"$said") =~ ^[1-9][0-9]*\ passed,\ 0\ failed$ ]]; then
    echo "the last line is not the sum: $(tail -n 1 <<<"$said")"
    exit 1
fi

# One wrong number, one configuration of which something is unknown, one file that is no list.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
grep -m 1 'drain_boot500_D500' "$data/SUMMARY_rollouts.json" | sed 's/,$//' >"$scratch/case"
fails() {
    local what=$1 wanted=$2
    if said=$("$root/tests/conformance" loopback "$scratch"); then
        echo "$what passes"
        exit 1
    fi
    grep -qF -- "$wanted" <<<"$said" || {
        printf '%s: no "%s" in:\n%s\n' "$what" "$wanted" "$said"
        exit 1
    }
}
with() { sed "$1" "$scratch/case" | sed '1s/^/[/;$s/$/]/' >"$scratch/SUMMARY_one.json"; }
with 's/"Fail":\[[0-9.]*/"Fail":[260/'
fails "a wrong number of failures" "failed: 260, expected"
with 's/"LB":"haproxy-http"/"LB":"varnish"/'
fails "an unknown balancer" 'unknown: LB "varnish"'
with 's/"Pods":4/"Pods":4,"Gzip":true/'
fails "an unknown field" 'unknown: field "Gzip"'
rm "$scratch/SUMMARY_one.json"
echo '{}' >"$scratch/A1_visits.json"
fails "a file that is no list" "no list of cases"
