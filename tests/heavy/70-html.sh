#!/usr/bin/env bash
# The HTML report in headless Chromium: no error on the console, nothing fetched, shown within a
# second, no wider than a phone or a desktop, dark where asked for, its numbers those of the JSON.
# And uPlot as it is in the tree against its lock file, where npm and its registry can be had.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() {
    install_missing "${build_packages[@]}" chromium nodejs
}
with_lock set_up
cd "$root"
for program in chromium node; do
    if ! command -v "$program" >/dev/null; then
        echo "$program is not installed: the HTML report was not looked at"
        exit 77
    fi
done
stratsim=${STRATSIM:-build/release/stratsim}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# report NAME ARGUMENTS...: the same result as a page and as JSON.
pairs=()
report() {
    local name=$1 code=0
    shift
    "$stratsim" "$@" -o "html=$scratch/$name.html" -o "json=$scratch/$name.json" >/dev/null || code=$?
    if [[ $code -gt 1 ]]; then
        echo "stratsim $* ended with $code"
        exit 1
    fi
    pairs+=("$scratch/$name.html" "$scratch/$name.json")
}
report run-10 run rolling --pods 10 --expect 'requests.failed.p95 <= 1'
report run-100 run rolling --pods 100 --rate 400/s --runs 40
report run-1000 run rolling --pods 1000 --rate 1000/s --runs 20
report canary run canary --pods 10 --new errors=5%
report lab run none --visits 1000 --pods 20
report compare compare --pods 10 --new errors=5%
report plan plan -f tests/data/html/hostile.yaml --releases 40/month --slo 99.9%
report test test scenarios --runs 20

result=0
for file in "$scratch"/*.html; do
    size=$(stat -c %s "$file")
    if [[ $size -ge 2000000 ]]; then
        echo "$(basename "$file") has $size bytes"
        result=1
    fi
done
node tests/browser/look.js "${pairs[@]}" || result=1

# The checker must not be blind: each of these pages is wrong in one way.
bad() {
    printf '<!DOCTYPE html><html lang="en"><title>x</title><style>body{background:rgb(20,24,28)}</style>%s' "$2" >"$scratch/bad.html"
    if node tests/browser/look.js "$scratch/bad.html" >"$scratch/found" 2>/dev/null || ! grep -qF -- "$1" "$scratch/found"; then
        echo "the checker is blind: it does not find '$1'"
        cat "$scratch/found"
        result=1
    fi
}
bad 'exception' '<script>throw new Error("x")</script>'
bad 'too wide at 390px' '<div style="width:500px">x</div>'
bad 'fetches http' '<img src="http://127.0.0.1:9/x.png" alt="">'
bad 'is not dark' '<style>body{background:#fff}</style>'

vendored() {
    local package=$scratch/npm
    mkdir "$package"
    cp third_party/uplot/package.json third_party/uplot/package-lock.json "$package"
    if ! command -v npm >/dev/null || ! (cd "$package" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1); then
        echo "npm or its registry cannot be had: uPlot was not compared with its lock file"
        return 0
    fi
    cmp third_party/uplot/uPlot.iife.min.js "$package/node_modules/uplot/dist/uPlot.iife.min.js" &&
        cmp third_party/uplot/uPlot.min.css "$package/node_modules/uplot/dist/uPlot.min.css" &&
        cmp third_party/uplot/LICENSE "$package/node_modules/uplot/LICENSE"
}
vendored || result=1
exit "$result"
