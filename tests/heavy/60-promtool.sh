#!/usr/bin/env bash
# Prometheus' own reader over the OpenMetrics report; Debian's prometheus package brings it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() {
    install_missing "${build_packages[@]}" prometheus
    build_preset release stratsim
}
with_lock_or_skip set_up
cd "$root"
if ! command -v promtool >/dev/null; then
    echo "not run: there is no promtool here"
    exit 77
fi
stratsim=build/release/stratsim
result=0
# read_by_promtool ARGUMENTS...: it must have nothing to say, not even of style.
read_by_promtool() {
    local said
    said=$("$stratsim" "$@" -o openmetrics | promtool check metrics 2>&1) || true
    if [[ -n $said ]]; then
        echo "FAILED: $*: $said"
        result=1
    else
        echo "ok: $*"
    fi
}
read_by_promtool compare --pods 4 --runs 20 --new errors=5%
read_by_promtool run canary --pods 4 --runs 20 --hold 10s
read_by_promtool run none --visits 500 --runs 5
read_by_promtool plan -f tests/data/manifests/shop.yaml --runs 20
# It must be able to find something.
if printf 'no metric\n' | promtool check metrics >/dev/null 2>&1; then
    echo "FAILED: promtool accepts everything"
    result=1
fi
exit "$result"
