#!/usr/bin/env bash
# clang-format over all sources and clang-tidy over those of the program. The tests are left out of
# clang-tidy: the assertion macros set its checks off in every line.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() {
    install_missing "${build_packages[@]}" clang clang-format clang-tidy
}
with_lock set_up
cd "$root"

mapfile -t formatted < <(find cli sim strategies scenarios tests -name '*.[ch]pp' | sort)
mapfile -t tidied < <(find cli sim strategies scenarios -name '*.cpp' | sort)
if [[ ${#tidied[@]} -eq 0 ]]; then
    echo "no sources found"
    exit 1
fi

result=0
clang-format --dry-run -Werror "${formatted[@]}" || result=1

# Over the compilation database rather than by building the tidy preset: the same findings without
# compiling everything once more.
cmake --preset tidy >/dev/null
printf '%s\0' "${tidied[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p build/tidy 2>build/tidy/stderr.txt ||
    result=1
# What clang-tidy could not parse, it says on stderr among counts of warnings.
grep -i 'error' build/tidy/stderr.txt || true

echo "clang-format saw ${#formatted[@]} files, clang-tidy ${#tidied[@]}"
exit "$result"
