# shellcheck shell=bash disable=SC2034
# For the tests of the command line, to be sourced in the top of the tree: a directory of their own,
# and a count of what went wrong.

failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAIL: $1"
    failures=$((failures + 1))
}

# expect CODE PATTERN COMMAND...: the exit code, and a fixed text somewhere in what is said.
expect() {
    local code=$1 pattern=$2 said got
    shift 2
    said=$("$@" 2>&1 </dev/null)
    got=$?
    [ "$got" = "$code" ] || fail "$* ended with $got, not $code: $said"
    [[ "$said" == *"$pattern"* ]] || fail "$* does not say '$pattern' but: $said"
}

# needs TOOL: whether it is there; what is left out without it is said in the end.
lacking=
needs() {
    command -v "$1" >/dev/null && return
    lacking="$lacking $1"
    return 1
}

# all_met: how a test ends; 77 says that a part of it could not run.
all_met() {
    [ "$failures" = 0 ] || echo "$failures failures"
    [ "$failures" = 0 ] || return 1
    [ -z "$lacking" ] || echo "not run in part: missing$lacking"
    [ -z "$lacking" ] || exit 77
}
