#!/usr/bin/env bash
# Draws docs/rolling.svg: what `stratsim run rolling --pods 10` shows in a terminal.
# The picture brings its own background, so it is readable on a light page and on a dark one.
set -euo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
stratsim=${STRATSIM:-$root/stratsim}
cell=8.4 # the width of a character at 14 px
line_height=18

escape() {
    local text=${1//&/'&amp;'} # quoted, as bash 5.2 takes a bare & for what was matched
    text=${text//</'&lt;'}
    text=${text//>/'&gt;'}
    printf '%s' "$text"
}

# The class of a colour code; what has none is plain text.
class_of() {
    case $1 in
        1) echo bold ;;
        2) echo dim ;;
        31 | '1;31') echo red ;;
        32 | '1;32') echo green ;;
        33 | '1;33') echo yellow ;;
    esac
}

# One line of the terminal as text with spans; text length keeps the columns in any font.
draw() {
    local rest=$1 y=$2 plain='' spans='' class='' piece
    while [[ -n $rest ]]; do
        if [[ $rest =~ ^$'\e'\[([0-9;]*)m(.*)$ ]]; then
            class=$(class_of "${BASH_REMATCH[1]}")
            rest=${BASH_REMATCH[2]}
            continue
        fi
        piece=${rest%%$'\e'*}
        rest=${rest#"$piece"}
        plain+=$piece
        spans+="<tspan${class:+ class=\"$class\"}>$(escape "$piece")</tspan>"
    done
    [[ -n $plain ]] || return 0
    printf '<text x="16" y="%s" textLength="%s">%s</text>\n' "$y" \
        "$(awk -v n="${#plain}" -v w="$cell" 'BEGIN { printf "%.1f", n * w }')" "$spans"
}

mapfile -t lines < <(printf '\e[2m$\e[0m ./stratsim run rolling --pods 10\n\n'
    "$stratsim" run rolling --pods 10 --color always)
height=$(((${#lines[@]} + 1) * line_height + 8))

{
    echo "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"704\" height=\"$height\" viewBox=\"0 0 704 $height\">"
    cat <<'STYLE'
<style>
text { font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d8d8d8; white-space: pre; }
.bold { font-weight: bold; fill: #ffffff; }
.dim { fill: #9a9a9a; }
.red { fill: #ff7b72; }
.green { fill: #56d364; }
.yellow { fill: #e3b341; }
</style>
<rect width="100%" height="100%" rx="8" fill="#1c1f24"/>
STYLE
    y=$line_height
    for line in "${lines[@]}"; do
        y=$((y + line_height))
        draw "$line" $((y - 10))
    done
    echo '</svg>'
} >"$root/docs/rolling.svg"
