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

# outputs_of PRESET...: what each command prints and ends with, a file each.
outputs_of() {
    local preset number code
    local -a arguments
    for preset; do
        mkdir "$scratch/$preset"
        number=0
        while read -ra arguments; do
            number=$((number + 1))
            code=0
            "build/$preset/stratsim" "${arguments[@]}" \
                >"$scratch/$preset/$number" 2>"$scratch/$preset/$number.errors" </dev/null || code=$?
            echo "exit code $code" >>"$scratch/$preset/$number"
        done < <(determinism_commands)
    done
}
# Without optimisation they take as long as with both compilers together.
outputs_of debug &
outputs_of release clang
wait

compared=0
different=0
while read -ra arguments; do
    compared=$((compared + 1))
    for preset in release clang debug; do
        # 1 is a verdict; anything above means that the command did not work, and equal failures
        # prove nothing.
        if ! tail -n 1 "$scratch/$preset/$compared" | grep -qx 'exit code [01]'; then
            echo "FAILED in $preset: stratsim ${arguments[*]}"
            cat "$scratch/$preset/$compared.errors"
            different=$((different + 1))
            continue 2
        fi
    done
    for preset in clang debug; do
        if ! cmp "$scratch/release/$compared" "$scratch/$preset/$compared"; then
            echo "DIFFERENT in release and $preset: stratsim ${arguments[*]}"
            diff "$scratch/release/$compared" "$scratch/$preset/$compared" | head -n 10 || true
            different=$((different + 1))
            continue 2
        fi
    done
done < <(determinism_commands)

echo "$compared commands compared between g++, clang and debug, $different differ"
[[ $different -eq 0 && $compared -gt 0 ]]
