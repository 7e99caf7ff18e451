#!/usr/bin/env bash
# Draws the pictures of docs/lost-requests.md anew, each with the command that stands above it there.
# With a directory as argument it draws them into that instead.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
stratsim=${STRATSIM:-$root/stratsim}
to=${1:-$root/docs/lost}
drawn=0
while read -r -a words; do
    for i in "${!words[@]}"; do
        [[ ${words[i]} == docs/lost/* ]] && words[i]=$to/${words[i]#docs/lost/}
    done
    "$stratsim" "${words[@]}" </dev/null
    drawn=$((drawn + 1))
done < <(sed -n 's/^\$ \.\/stratsim \(why .*--picture docs\/lost\/.*\)$/\1/p' "$root/docs/lost-requests.md")
[[ $drawn -gt 0 ]] || { echo "docs/lost-requests.md names no picture" >&2; exit 1; }
