#!/usr/bin/env bash
# Prints the table of settings in docs/model.md, from what `stratsim explain` says of each.
#
#   STRATSIM=build/release/stratsim docs/make-settings-table.sh
set -euo pipefail
program=${STRATSIM:?the program to ask}

# Every flag that explain knows is a setting.
words() {
    "$program" run --help | grep -v ' stratsim ' | grep -oE -- '--[a-z-]+' | sed 's/^--//'
}

echo '| setting | meaning | write | default | source |'
echo '|---|---|---|---|---|'
while read -r word; do
    "$program" explain "$word" 2>/dev/null | awk '
        function cell(text) { gsub(/\|/, "\\|", text); return text }
        NR == 1 { word = $1 }
        NR == 2 { sub(/^ +/, ""); help = $0 }
        /^  write / { sub(/^  write +/, ""); form = $0 }
        /^  default / {
            sub(/^  default +/, "")
            value = source = $0
            if (sub(/  \(.*/, "", value)) { sub(/^.*  \(/, "", source); sub(/\)$/, "", source) }
            else source = ""
        }
        /^  note / { sub(/^  note +/, ""); note = $0 }
        END {
            if (word == "") exit
            if (source != "" && note != "") source = source "; "
            printf "| `%s` | %s | %s | `%s` | %s |\n", word, cell(help), cell(form), cell(value),
                cell(source note)
        }' || true
done < <(words)
