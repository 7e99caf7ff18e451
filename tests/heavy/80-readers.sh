#!/usr/bin/env bash
# Readers by others over all that the program writes: XML, SARIF's own schema, a JSON Schema
# validator, the shells, man. What is missing is installed; what cannot be had is named.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() {
    install_missing "${build_packages[@]}" python3 python3-jsonschema python3-yaml libxml2-utils \
        mandoc zsh fish
    build_preset release stratsim
}
with_lock_or_skip set_up
cd "$root"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PATH=$root/build/release:$PATH
result=0
check() { # check WHAT COMMAND...
    local what=$1
    shift
    if "$@" >"$scratch/said" 2>&1; then
        echo "ok: $what"
    else
        echo "FAILED: $what"
        sed 's/^/    /' "$scratch/said" | head -n 20
        result=1
    fi
}

# SARIF's schema as OASIS published it, out of a package that carries it.
sarif_package=@microsoft/jest-sarif@1.0.0-beta.0
sarif_schema=package/lib/schemas/sarif-2.1.0-rtm.5.json
schema=
if command -v npm >/dev/null && (cd "$scratch" && npm pack --silent "$sarif_package") >/dev/null 2>&1; then
    tar --extract --gzip --file "$scratch"/*.tgz --directory "$scratch" "$sarif_schema"
    schema=$scratch/$sarif_schema
else
    echo "not run: SARIF against its schema, as npm cannot fetch $sarif_package here"
fi
# Not the newest Python of the machine but Debian's own, which has the packages.
check "the formats, by readers of others" /usr/bin/python3 tests/heavy/readers.py "$schema"

check "mandoc finds no error in the manual" bash -c 'stratsim man | mandoc -T lint -W error'
check "man finds every setting in the manual" bash -c '
    stratsim man | mandoc -T ascii | col -b >"$1/man"
    stratsim run --help | grep -oE -- "--[a-z][a-z-]+ " | sort -u | while read -r flag; do
        grep -qF -- "$flag" "$1/man" || { echo "nothing of $flag"; exit 1; }
    done' - "$scratch"

# Each shell is asked what it would offer.
offers() { # offers SHELL LINE WORD
    case $1 in
        bash) bash -c 'source <(stratsim completion bash); COMP_WORDS=($1); [[ $1 == *" " ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _stratsim; printf "%s\n" "${COMPREPLY[@]}"' - "$2" ;;
        fish) fish --no-config --command "stratsim completion fish | source; complete -C '$2'" | cut -f1 ;;
    esac | grep -qxF -- "$3"
}
for shell in bash fish; do
    check "$shell offers the commands" offers "$shell" 'stratsim pl' plan
    check "$shell offers the flags" offers "$shell" 'stratsim run --propag' --propagation
    check "$shell offers the values" offers "$shell" 'stratsim run --balancer ro' round-robin
    check "$shell offers the formats" offers "$shell" 'stratsim plan --output j' junit
done
check "zsh takes the completion" zsh -f -c '
    autoload -U compinit; compinit -D; source <(stratsim completion zsh)
    (( $+functions[_stratsim] )) && [[ ${_comps[stratsim]} == _stratsim ]]'
# zsh completes only on a terminal, so it gets one.
cat >"$scratch/ask.zsh" <<'ZSH'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -U compinit; compinit -D; source <(stratsim completion zsh); echo re''ady'
said=
until [[ $said == *ready* ]]; do zpty -r shell part && said+=$part; done
zpty -w -n shell $'stratsim run --balancer round\t'
for try in {1..50}; do
    sleep 0.1
    while zpty -r -t shell part; do said+=$part; done
    [[ $said == *round-robin* ]] && break
done
zpty -d shell
[[ $said == *round-robin* ]] || { print -r -- $said; exit 1; }
ZSH
check "zsh offers the values" timeout 60 zsh -f "$scratch/ask.zsh"
exit "$result"
