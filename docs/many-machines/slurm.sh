#!/usr/bin/env bash
#SBATCH --job-name=sweep
#SBATCH --cpus-per-task=1
#SBATCH --requeue
# One shard of a sweep as a task of a Slurm array:
#
#   sbatch --array=0-7 docs/many-machines/slurm.sh DIR 8 sweep rolling -f k8s/ --vary pre-stop=0s..30s:1s
#   stratsim merge DIR
#
# Send those that failed again by number: sbatch --array=1,4 ... The number of shards is written out
# because Slurm only tells how many tasks were submitted the last time. The environment may say:
#   STRATSIM   the program (stratsim)
set -euo pipefail

directory=$1
shards=$2
shift 2
exec "${STRATSIM:-stratsim}" "$@" --threads 1 --shard "auto/$shards" --out "$directory"
