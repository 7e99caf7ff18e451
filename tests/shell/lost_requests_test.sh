#!/usr/bin/env bash
# The pictures of docs/lost-requests.md are what the commands above them draw, and all are shown.
set -euo pipefail

: "${STRATSIM:?names the program to look at}"
tree=${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
complain() {
    echo "FAIL: $1"
    failures=$((failures + 1))
}

mkdir "$scratch/lost"
STRATSIM=$STRATSIM "$tree/docs/make-lost-pictures.sh" "$scratch/lost"
for picture in "$scratch"/lost/*.svg; do
    name=$(basename "$picture")
    cmp -s "$picture" "$tree/docs/lost/$name" ||
        complain "docs/lost/$name is not what its command draws: run docs/make-lost-pictures.sh"
    grep -qF "](lost/$name)" "$tree/docs/lost-requests.md" || complain "docs/lost-requests.md does not show $name"
    grep -q 'a lost request' "$picture" || complain "$name has no legend"
done
for picture in "$tree"/docs/lost/*.svg; do
    [[ -e $scratch/lost/$(basename "$picture") ]] || complain "no command draws docs/lost/$(basename "$picture")"
done

# Every cause that the program can name is explained.
for cause in still-listed fallback ready-before-listening nobody-ready not-heard exited out-of-grace \
    closed-connection queued slow held queue-full version-error; do
    grep -q "^## .*\`$cause\`" "$tree/docs/lost-requests.md" || complain "docs/lost-requests.md does not explain $cause"
done

# why answers in words and in JSON, and the story of the request that it names is about a lost one.
"$STRATSIM" why rolling --pods 4 --runs 5 --propagation 2s -o json >"$scratch/why.json"
number=$(grep -m1 '"request":' "$scratch/why.json" | tr -dc '0-9')
run=$(grep -m1 '"run":' "$scratch/why.json" | tr -dc '0-9')
"$STRATSIM" why rolling --pods 4 --runs 5 --propagation 2s --request "$number" --run "$run" >"$scratch/story"
grep -q "^request $number of user .* was refused at" "$scratch/story" || complain "the story is not of a refused request"
grep -q 'gets SIGTERM and stops listening' "$scratch/story" || complain "the story does not say what the pod did"
grep -q 'this request is answered: tried' "$scratch/story" || complain "the story does not say what saves it"
"$STRATSIM" why rolling --pods 4 --runs 5 --pre-stop 30s --grace 60s --propagation 2s >"$scratch/nothing"
grep -q '^rolling loses nothing in 5 of 5 runs' "$scratch/nothing" || complain "nothing lost is not one honest sentence"
if "$STRATSIM" why rolling --pods 4 --request 4000000000 2>"$scratch/error"; then complain "a request that there is not is found"; fi
grep -q 'has requests 1 to' "$scratch/error" || complain "a request that there is not is not refused with a reason"
longest=$("$STRATSIM" why rolling --pods 4 --runs 5 --propagation 2s | wc -L)
[[ $longest -le 80 ]] || complain "a line is $longest wide"
plain=$("$STRATSIM" why rolling --pods 4 --runs 5 --propagation 2s --color never | cksum)
painted=$("$STRATSIM" why rolling --pods 4 --runs 5 --propagation 2s --color always | sed 's/\x1b\[[0-9;]*m//g' | cksum)
[[ $plain == "$painted" ]] || complain "colour changes more than the colour"

[[ $failures -eq 0 ]]
