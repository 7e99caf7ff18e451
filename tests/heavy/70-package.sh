#!/usr/bin/env bash
# The static program runs in a root that holds nothing else; the .deb installs with dpkg and brings
# manual and completions; `cmake --install` copies the same; and all print the same bytes.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() {
    install_missing "${build_packages[@]}" dpkg-dev
    build_preset release stratsim
    build_preset static stratsim
}
with_lock_or_skip set_up
cd "$root"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
result=0
check() { # check WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then
        echo "ok: $what"
    else
        echo "FAILED: $what"
        result=1
    fi
}
question=(run canary --pods 10 --runs 20)
build/release/stratsim "${question[@]}" >"$scratch/expected"

check "the static program is no dynamic one" bash -c '! ldd build/static/stratsim >/dev/null 2>&1'
if [[ $EUID -eq 0 ]]; then
    mkdir "$scratch/empty"
    cp build/static/stratsim "$scratch/empty/"
    check "it runs where there is nothing else" \
        bash -c 'chroot "$1" /stratsim "${@:3}" >"$2"' - "$scratch/empty" "$scratch/got" "${question[@]}"
    check "and prints the same bytes" cmp "$scratch/expected" "$scratch/got"
else
    echo "not run: the empty root, which needs root"
fi

# installed WHERE WHAT: the files are there, and the program answers.
installed() {
    local file
    for file in bin/stratsim share/man/man1/stratsim.1 share/bash-completion/completions/stratsim \
        share/zsh/vendor-completions/_stratsim share/fish/vendor_completions.d/stratsim.fish \
        share/stratsim/scenarios/library/do-i-need-a-pre-stop-hook.yaml; do
        check "$2 brings $file" test -s "$1/$file"
    done
    "$1/bin/stratsim" "${question[@]}" >"$scratch/got"
    check "$2 prints the same bytes" cmp "$scratch/expected" "$scratch/got"
}

for preset in static release; do
    (cd "build/$preset" && cpack -B "$scratch/$preset") >"$scratch/cpack.log" || {
        cat "$scratch/cpack.log"
        exit 1
    }
    debs=("$scratch/$preset"/*.deb)
    check "one .deb of the $preset build" test "${#debs[@]}" -eq 1
    depends=$(dpkg-deb --field "${debs[0]}" Depends)
    echo "the $preset package depends on: ${depends:-nothing}"
    if [[ $preset == static ]]; then
        check "the static package depends on nothing" test -z "$depends"
    else
        check "the other one names its libraries" grep -q libfmt <<<"$depends"
    fi
    system=$scratch/$preset/system
    mkdir -p "$system/var/lib/dpkg"/{info,updates,triggers}
    touch "$system/var/lib/dpkg"/{status,available}
    # Into a root of its own, where no other package is known.
    check "dpkg installs the $preset package" bash -c \
        'dpkg --root="$1" --force-not-root --force-depends --install "$2" >"$3" 2>&1 || { cat "$3"; false; }' \
        - "$system" "${debs[0]}" "$scratch/dpkg.log"
    installed "$system/usr" "the $preset package"
done

cmake --install build/release --prefix "$scratch/prefix" >/dev/null
installed "$scratch/prefix" "cmake --install"
exit "$result"
