#!/usr/bin/env bash
# The commands for whole grids as a user meets them: sweep, its shards, merge, and interrupts.
set -u

cd "$SOURCE_DIR" || exit 1
# shellcheck source=tests/shell/expect.sh
source tests/shell/expect.sh

grid=(sweep rolling --pods 4 --runs 10 --vary 'pre-stop=0s..6s:2s' --vary 'max-surge=1,25%')

expect 0 'Of 8 points take' "$STRATSIM" "${grid[@]}"
expect 0 'take' "$STRATSIM" sweep rolling canary --hold 2s --runs 5 --vary pods=2,4
expect 2 'nothing is varied' "$STRATSIM" sweep rolling
expect 2 "did you mean 'pre-stop'?" "$STRATSIM" sweep rolling --vary pre-stp=1s,2s
expect 2 'is varied twice' "$STRATSIM" sweep rolling --vary pods=1,2 --vary pods=3
expect 2 'which strategy?' "$STRATSIM" sweep --vary pods=1,2
expect 2 'has no place for a grid' "$STRATSIM" "${grid[@]}" -o junit
expect 2 'no number is called' "$STRATSIM" "${grid[@]}" --column requests.lost
expect 2 'write --out DIRECTORY' "$STRATSIM" "${grid[@]}" --shard 0/2
expect 2 'there is no shard 2 of 2' "$STRATSIM" "${grid[@]}" --shard 2/2 --out "$work/shards"
expect 2 'nothing in the environment tells' "$STRATSIM" "${grid[@]}" --shard auto/2 --out "$work/shards"

# Both mistakes of a command line at once.
both=$("$STRATSIM" sweep rolling --vary podz=1 --column nothing 2>&1)
[[ "$both" == *podz* && "$both" == *nothing* ]] || fail "not all mistakes are told: $both"

# Shards, each by another way of being told its number, give the bytes of the whole.
for format in text json csv markdown html; do
    "$STRATSIM" "${grid[@]}" -o "$format=$work/whole.$format" >/dev/null || fail "$format"
done
JOB_COMPLETION_INDEX=1 "$STRATSIM" "${grid[@]}" --shard auto/4 --out "$work/shards" 2>/dev/null || fail 'Kubernetes'
expect 75 '3 of 4 shards are missing' "$STRATSIM" merge "$work/shards"
SLURM_ARRAY_TASK_ID=0 "$STRATSIM" "${grid[@]}" --shard auto/4 --out "$work/shards" 2>/dev/null || fail 'Slurm'
PARALLEL_SEQ=4 "$STRATSIM" "${grid[@]}" --shard auto/4 --out "$work/shards" --threads 1 2>/dev/null || fail 'parallel'
expect 75 -- "$STRATSIM" merge "$work/shards"
expect 0 'is written' "$STRATSIM" "${grid[@]}" --shard 2/4 --out "$work/shards"
expect 0 'is there already' "$STRATSIM" "${grid[@]}" --shard 2/4 --out "$work/shards"
for format in text json csv markdown html; do
    "$STRATSIM" merge "$work/shards" -o "$format=$work/merged.$format" >/dev/null || fail "merge $format"
    cmp -s "$work/whole.$format" "$work/merged.$format" || fail "merged $format differs from the whole"
done
expect 0 'is written' "$STRATSIM" "${grid[@]}" --seed 2 --shard 0/4 --out "$work/shards"
expect 2 'belong to different sweeps' "$STRATSIM" merge "$work/shards"
expect 2 'holds no shard' "$STRATSIM" merge "$work"

# What will not go better is told apart from what may.
touch "$work/file"
expect 2 'cannot make' "$STRATSIM" "${grid[@]}" --shard 0/2 --out "$work/file/below"

# A shard that is told to stop leaves nothing, and says that it may be tried again.
long=(sweep canary --pods 10 --vary 'pre-stop=0s..30s:1s' --runs 2000)
# stopped SIGNAL WANTED COMMAND...: what the command ends with when it gets the signal.
stopped() {
    local signal=$1 wanted=$2 code
    shift 2
    # Not in the background of this shell, which would have it ignore Ctrl-C.
    "$BASH" -c 'trap - INT; exec "$@"' _ python3 -c '
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
process = subprocess.Popen(sys.argv[2:], stdout=open(os.environ["SAID"], "wb"), stderr=subprocess.STDOUT)
time.sleep(1.5)
process.send_signal(int(sys.argv[1]))
print(process.wait())' "$signal" "$@" >"$work/code"
    code=$(cat "$work/code")
    [ "$code" = "$wanted" ] || fail "$* ended with $code at signal $signal, not $wanted: $(cat "$SAID")"
}
export SAID=$work/said
if needs python3; then
    stopped 15 75 "$STRATSIM" "${long[@]}" --shard 0/2 --out "$work/stopped"
    [ -z "$(ls "$work/stopped")" ] || fail 'a shard that was stopped left a file'
    stopped 2 130 "$STRATSIM" compare --pods 10 --runs 100000
    [[ "$(head -c 8 "$SAID")" == Partial, ]] || fail "a partial comparison does not say so: $(head -3 "$SAID")"
    stopped 2 130 "$STRATSIM" run canary --pods 10 --runs 100000 -o json
    grep -q '"partial": "Partial' "$SAID" || fail 'a partial JSON does not say so'
    stopped 2 130 "$STRATSIM" run canary --pods 10 --runs 100000 -o junit="$work/partial.xml"
    [ ! -e "$work/partial.xml" ] || fail 'JUnit of a partial result was written'
fi

# Until a number is known.
expect 0 'is known to' "$STRATSIM" run rolling --pods 4 --until requests.failed=10%
expect 0 'asked for' "$STRATSIM" run rolling --pods 4 --until requests.failed=0.1% --runs 30
expect 2 "did you mean 'requests.failed'?" "$STRATSIM" run rolling --until requests.faild=5%

all_met
