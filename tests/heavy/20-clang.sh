#!/usr/bin/env bash
# The quick tests as clang compiles them; then the outputs of every command in
# tests/determinism.txt, which must be the same bytes from g++, from clang and without optimisation.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() {
    install_missing "${build_packages[@]}" clang
    build_preset clang
    build_preset release stratsim
    build_preset debug stratsim
}
with_lock set_up

cd "$root"
ctest --preset clang --parallel "$(nproc)"

if [[ ! -f tests/determinism.txt ]]; then
    echo "the compilers' outputs were not compared: there is no tests/determinism.txt"
    exit 0
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
compared=0
different=0
while read -ra arguments; do
    compared=$((compared + 1))
    for preset in release clang debug; do
        code=0
        "build/$preset/stratsim" "${arguments[@]}" \
            >"$scratch/$preset" 2>"$scratch/errors" </dev/null || code=$?
        # 1 is a verdict; anything above means that the command did not work, and equal failures
        # prove nothing.
        if [[ $code -gt 1 ]]; then
            echo "FAILED ($code) in $preset: stratsim ${arguments[*]}"
            cat "$scratch/errors"
            different=$((different + 1))
            continue 2
        fi
        echo "exit code $code" >>"$scratch/$preset"
    done
    for preset in clang debug; do
        if ! cmp "$scratch/release" "$scratch/$preset"; then
            echo "DIFFERENT in release and $preset: stratsim ${arguments[*]}"
            diff "$scratch/release" "$scratch/$preset" | head -n 10 || true
            different=$((different + 1))
            continue 2
        fi
    done
done < <(determinism_commands)

echo "$compared commands compared between g++, clang and debug, $different differ"
[[ $different -eq 0 && $compared -gt 0 ]]
