#!/usr/bin/env bash
# A sweep on the cores of this host, or of several, by GNU parallel; then its report.
#
#   docs/many-machines/parallel.sh DIR SHARDS sweep rolling -f k8s/ --vary pre-stop=0s..30s:1s
#
# Call it again after a failure: what is done is not done twice. The environment may say:
#   STRATSIM   the program (stratsim)
#   HOSTS      a file with one host a line, for parallel's --sshloginfile; DIR must be the same
#              directory on all of them
#   RETRIES    how often a shard is tried (3)
#   REPORT     what merge is told besides DIR (nothing: a report for the terminal)
set -euo pipefail

directory=$1
shards=$2
shift 2
stratsim=${STRATSIM:-stratsim}
mkdir -p "$directory"

options=(--retries "${RETRIES:-3}" --joblog "$directory/parallel.log")
if [[ -n ${HOSTS:-} ]]; then
    options+=(--sshloginfile "$HOSTS" --workdir "$PWD")
fi

# One thread a shard: the shards are what keeps the cores busy.
printf -v command '%q ' "$stratsim" "$@" --threads 1
printf -v out '%q' "$directory"
seq 0 $((shards - 1)) |
    parallel "${options[@]}" "$command --shard {}/$shards --out $out"

read -ra report <<<"${REPORT:-}"
"$stratsim" merge "$directory" "${report[@]}"
