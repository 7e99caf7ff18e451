#!/usr/bin/env bash
# The documents say what the program does: generated parts are current, the two commands of the
# README are those the CI runs, every flag is in docs/model.md, and no link leads nowhere.
set -euo pipefail

: "${STRATSIM:?names the program to compare with}"
tree=${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# generated_block FILE COMMAND: what stands between the markers that name the command.
generated_block() {
    awk -v begin="<!-- generated: $2 -->" '
        $0 == "<!-- end -->" { inside = 0 }
        inside
        $0 == begin { inside = 1 }' "$1"
}

# check_generated TREE FILE COMMAND EXPECTED
check_generated() {
    if ! diff "$4" <(generated_block "$1/$2" "$3") >"$scratch/diff"; then
        echo "$2: the generated block is not what $3 prints:"
        cat "$scratch/diff"
    fi
}

check_commands() {
    local command
    for command in './stratsim run canary --pods 10' './tests/run'; do
        grep -qxF -- "$command" "$1/README.md" || echo "README.md: there is no line '$command'"
    done
    grep -qxE '[[:space:]]*\./tests/run' "$1/.ci/run" || echo ".ci/run: does not call ./tests/run"
}

check_flags() {
    local flag
    while IFS= read -r flag; do
        grep -qE -- "$flag([^a-z-]|\$)" "$1/docs/model.md" || echo "docs/model.md: says nothing of $flag"
    done <"$scratch/flags"
}

# What stands in a block of code is no link.
links_of() {
    awk '/^```/ { code = !code; next } !code' "$1" | grep -oE '\]\([^)[:space:]]+\)' | sed 's/^](//; s/)$//' || true
}

check_links() {
    local file link target
    while IFS= read -r file; do
        while IFS= read -r link; do
            target=${link%%#*}
            [[ $link != *:* && -n $target ]] || continue
            [[ -e $(dirname "$1/$file")/$target ]] || echo "$file: the link $link leads nowhere"
        done < <(links_of "$1/$file")
    done < <(cd "$1" && find . -name '*.md' -not -path './build/*' -not -path './.git/*' | sed 's|^\./||' | sort)
}

# check TREE: prints whatever is wrong; nothing when all is well.
check() {
    check_generated "$1" docs/strategies.md 'stratsim strategies -o markdown' "$scratch/strategies"
    check_generated "$1" docs/model.md docs/make-settings-table.sh "$scratch/settings"
    check_commands "$1"
    check_flags "$1"
    check_links "$1"
}

"$STRATSIM" strategies -o markdown >"$scratch/strategies"
"$tree/docs/make-settings-table.sh" >"$scratch/settings"
"$STRATSIM" run --help | grep -oE -- '--[a-z][a-z-]*' | sort -u >"$scratch/flags"
if [[ ! -s $scratch/strategies || $(wc -l <"$scratch/settings") -lt 50 || ! -s $scratch/flags ]]; then
    echo "the program prints no strategies, no settings or no flags"
    exit 1
fi

# A checker that finds nothing may be blind: it must first find each of these.
bad=$scratch/bad
mkdir -p "$bad"/{docs,.ci}
printf 'see ./tests/run and [all](docs/nothing.md#there)\n./stratsim run canary --pods 100\n' >"$bad/README.md"
printf 'echo ./tests/run\n' >"$bad/.ci/run"
printf '<!-- generated: stratsim strategies -o markdown -->\nold\n<!-- end -->\n' >"$bad/docs/strategies.md"
printf -- '--pods-of-another-kind\n' >"$bad/docs/model.md"
check "$bad" >"$scratch/found"
for complaint in 'docs/strategies.md: the generated block' 'docs/model.md: the generated block' "README.md: there is no line './stratsim" \
    "README.md: there is no line './tests/run'" '.ci/run: does not' 'docs/model.md: says nothing of --pods' \
    'README.md: the link docs/nothing.md#there'; do
    if ! grep -qF -- "$complaint" "$scratch/found"; then
        echo "the checker is blind: it does not find '$complaint'"
        exit 1
    fi
done

check "$tree" >"$scratch/found"
cat "$scratch/found"
[[ ! -s $scratch/found ]]
