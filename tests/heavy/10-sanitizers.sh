#!/usr/bin/env bash
# The quick tests under the address and undefined-behaviour sanitizers.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() {
    install_missing "${build_packages[@]}"
    build_preset sanitizers
}
with_lock set_up

cd "$root"
export UBSAN_OPTIONS=print_stacktrace=1
ctest --preset sanitizers --parallel "$(nproc)"
