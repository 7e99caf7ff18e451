# shellcheck shell=bash disable=SC2034,SC2154
# Set-up shared by ./stratsim, tests/run and tests/heavy: installs what is missing and builds a
# preset. To be sourced, with $root set to the top of the tree.
#
# Everything here speaks on stderr, and the programs it calls only in the log, because stdout
# belongs to the result; and they read nothing, because stdin belongs to the user.
#
# Exit codes: 69 something needed cannot be had here, 70 the build failed.

readonly build_packages=(
    g++ cmake ninja-build pkg-config
    libfmt-dev libcli11-dev librange-v3-dev libyaml-dev nlohmann-json3-dev doctest-dev
)
# What tests call beside them.
readonly test_packages=("${build_packages[@]}" git python3 libxml2-utils)
readonly setup_log="$root/build/setup.log"

say() { echo "stratsim: $*" >&2; }

# fail CODE SENTENCE: ends with the last lines of the log, which hold the reason.
fail() {
    local code=$1
    shift
    if [[ -s $setup_log ]]; then
        tail -n 40 "$setup_log" >&2
    fi
    say "$*"
    exit "$code"
}

# quietly COMMAND...: what it says goes into the log, and it reads nothing.
quietly() { "$@" >>"$setup_log" 2>&1 </dev/null; }

# while_waiting LABEL COMMAND...: runs it; a terminal sees how long that has taken so far.
while_waiting() {
    local label=$1 code=0 began=$SECONDS worker
    shift
    if [[ ! -t 2 ]]; then
        "$@"
        return
    fi
    "$@" &
    worker=$!
    while kill -0 "$worker" 2>/dev/null; do
        printf '\rstratsim: %s, %d s ' "$label" $((SECONDS - began)) >&2
        sleep 1
    done
    printf '\r\e[K' >&2
    wait "$worker" || code=$?
    return "$code"
}

# log_steps: what ninja says goes into the log; a terminal sees how many of its steps are done.
log_steps() {
    local line
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$setup_log"
        if [[ -t 2 && $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
            printf '\rstratsim: %s of %s steps built ' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" >&2
        fi
    done
    [[ ! -t 2 ]] || printf '\r\e[K' >&2
}

# Prints those of the given packages that dpkg does not know as installed.
missing_packages() {
    local installed package
    installed=" $(dpkg-query --show --showformat='${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true)"
    for package; do
        [[ $installed == *" installed:$package "* ]] || echo "$package"
    done
}

# install_missing PACKAGE...: does nothing, at once, when all are there.
install_missing() {
    # Elsewhere than on Debian the names differ: the build itself will say what it lacks.
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        return 0
    fi
    local missing as_root=()
    mapfile -t missing < <(missing_packages "$@")
    [[ ${#missing[@]} -gt 0 ]] || return 0
    [[ $EUID -eq 0 ]] || as_root=(sudo)
    local line="${as_root[*]:+${as_root[*]} }apt-get install --no-install-recommends ${missing[*]}"

    if [[ -n ${STRATSIM_NO_INSTALL:-} ]]; then
        say "packages are missing and STRATSIM_NO_INSTALL is set; install them with:"
        echo "$line" >&2
        exit 69
    fi
    if [[ $EUID -ne 0 ]] && ! command -v sudo >/dev/null; then
        say "packages are missing and there is no sudo here; as root, run:"
        echo "${line#sudo }" >&2
        exit 69
    fi

    say "installing, once: ${missing[*]}"
    # A host that cannot be reached must end in a sentence soon, not in minutes of silence.
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2
        -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20)
    # One broken third-party source fails the update although Debian's own came through, so only
    # the installation decides.
    while_waiting "updating the package lists" quietly "${apt[@]}" update || true
    if ! while_waiting "installing" quietly "${apt[@]}" install --no-install-recommends \
        "${missing[@]}"; then
        fail 69 "the packages could not be installed; can this machine reach its package mirror?" \
            "To do it by hand: $line"
    fi
}

# build_preset PRESET [TARGET...]: configures and builds, ends the script on failure.
build_preset() {
    local preset=$1 targets=()
    shift
    [[ $# -eq 0 ]] || targets=(--target "$@")
    if ! command -v cmake >/dev/null; then
        say "cmake is missing; install a C++20 compiler, cmake, ninja, pkg-config, fmt, CLI11," \
            "range-v3, libyaml, nlohmann-json and doctest."
        exit 69
    fi
    # A tree that was copied or moved together with its build folder: cmake refuses the old cache.
    local cache=$root/build/$preset/CMakeCache.txt
    if [[ -f $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
        rm -rf "${root:?}/build/$preset"
    fi
    # Warnings stop those who change it, see .ci/run; a newer compiler's must not stop a user.
    local strict=()
    [[ -z ${STRATSIM_WERROR:-} ]] || strict=(-DSTRATSIM_WERROR="$STRATSIM_WERROR")
    (
        set -o pipefail
        cd "$root" && {
            cmake --preset "$preset" "${strict[@]}" &&
                cmake --build "build/$preset" "${targets[@]}"
        } 2>&1 </dev/null | log_steps
    ) || fail 70 "the build of preset '$preset' failed; its log is $setup_log"
}

# with_lock COMMAND...: two builds in one folder would trample on each other. Begins a new log.
with_lock() {
    if ! mkdir -p "$root/build" 2>/dev/null || ! { : >>"$setup_log"; } 2>/dev/null; then
        say "cannot write to $root/build; use a copy of the tree that you may write to"
        exit 69
    fi
    if ! command -v flock >/dev/null; then
        : >"$setup_log"
        "$@"
        return
    fi
    (
        if ! flock --nonblock 9; then
            say "waiting for another build of this tree to finish"
            flock 9
        fi
        : >"$setup_log"
        # The compiler's helpers may outlive the build and must not hold the lock.
        "$@" 9>&-
    ) 9>"$root/build/.lock"
}

# with_lock_or_skip COMMAND...: the same for a check that is left out, with 77, where its packages
# cannot be had.
with_lock_or_skip() {
    local code=0
    with_lock "$@" || code=$?
    if [[ $code -eq 69 ]]; then
        echo "not run: what it needs cannot be installed here"
        exit 77
    fi
    [[ $code -eq 0 ]] || exit "$code"
}

# determinism_commands: those of tests/determinism.txt, a line each.
determinism_commands() { grep -vE '^(#|$)' "$root/tests/determinism.txt"; }

# Counting, for the runs that end in a line "N passed, M failed, K skipped".
passed=0
failed=0
skipped=0
took=()

# took_since SECONDS WHAT: notes what a part took, for the closing lines.
took_since() {
    took+=("$(printf '%5d s  %s' $((SECONDS - $1)) "$2")")
}

# count_ctest FILE: adds what ctest's closing line says; no such line is a failure of its own.
count_ctest() {
    local closing='s/^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+)$/\1 \2/p'
    local bad total out
    read -r bad total < <(sed -nE "$closing" "$1") || { bad=1 total=1; }
    out=$(grep -c '^[[:space:]]*[0-9]* - .*(Skipped)$' "$1" || true)
    passed=$((passed + total - bad - out))
    failed=$((failed + bad))
    skipped=$((skipped + out))
}

# run_heavy SCRIPT...: each counts as one test; 77 says that it could not run here, and why.
run_heavy() {
    local script code began
    for script; do
        echo
        echo "== $script"
        code=0
        began=$SECONDS
        "$script" || code=$?
        took_since "$began" "$script"
        case $code in
            0) passed=$((passed + 1)) ;;
            77)
                echo "== $script was not run"
                skipped=$((skipped + 1))
                ;;
            *)
                echo "== $script FAILED ($code)"
                failed=$((failed + 1))
                ;;
        esac
    done
}

# summary: the closing line; fails when anything did, or when nothing ran.
summary() {
    echo
    [[ ${#took[@]} -eq 0 ]] || printf '%s\n' "${took[@]}"
    echo "$passed passed, $failed failed, $skipped skipped"
    [[ $failed -eq 0 && $passed -gt 0 ]]
}
