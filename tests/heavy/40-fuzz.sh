#!/usr/bin/env bash
# One minute of libFuzzer on the reader of scenarios, from the scenarios of the tree as seeds.
# Two seconds or 256 MiB for one document count as a crash.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"
cd "$root"

if [[ ! -f tests/fuzz_document.cpp ]]; then
    echo "not run: there is no tests/fuzz_document.cpp"
    exit 77
fi
set_up() {
    install_missing "${build_packages[@]}" clang libclang-rt-14-dev
    build_preset fuzz fuzz_document
}
with_lock set_up

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/corpus" build/fuzz/crashes
number=0
while IFS= read -r -d '' seed; do
    number=$((number + 1))
    cp "$seed" "$scratch/corpus/seed-$number"
done < <(find scenarios tests -name '*.y*ml' -print0)
echo "$number documents as seeds"

# The sanitizer's own store of freed memory is 256 MiB by default: it alone would reach the limit.
ASAN_OPTIONS=quarantine_size_mb=16 build/fuzz/fuzz_document \
    -max_total_time="${STRATSIM_FUZZ_SECONDS:-60}" -timeout=2 -rss_limit_mb=256 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix=build/fuzz/crashes/ "$scratch/corpus"
