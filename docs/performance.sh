#!/usr/bin/env bash
# Measures again what docs/performance.md tells, and writes it there:
#
#   docs/performance.sh          needs what a build needs, and some minutes
set -euo pipefail

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$tree/build/bench
page=$tree/docs/performance.md
cmake -S "$tree" -B "$build" -G Ninja -DSTRATSIM_BENCH=ON -DSTRATSIM_TESTS=OFF >/dev/null
cmake --build "$build" >/dev/null

measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
{
    echo '```'
    for bench in agenda requests engines program; do
        echo "# bench_$bench"
        STRATSIM=$build/stratsim "$build/bench_$bench"
    done
    echo '```'
} >"$measured"

awk -v measured="$measured" '
    /^<!-- measured by docs\/performance.sh -->$/ {
        print
        while ((getline line < measured) > 0) print line
        inside = 1
    }
    /^<!-- end -->$/ { inside = 0 }
    !inside && !/^<!-- measured by/ { print }
' "$page" >"$page.new"
mv "$page.new" "$page"
