#!/usr/bin/env bash
# Prints the tables of docs/visits-lab.md as Markdown: 1000 visits of one person to two pods that
# each count, with every volume and balancer, standing still and during a rolling update.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
stratsim=${STRATSIM:-$root/stratsim}

# row HEAD STRATEGY FLAG...: one line of a table, means over the runs.
row() {
    local head=$1
    shift
    "$stratsim" run "$@" -f "$root/scenarios/visits-lab.yaml" --think 'exp(4ms)' -o csv |
        awk -F, -v head="$head" '
            { mean[$3] = $6 }
            END {
                printf "| %s | %.0f | %.1f | %.1f | %.1f | %.2f | %.2f |\n", head,
                    mean["visits.total"], mean["visits.duplicates"], mean["visits.backward_reads"],
                    mean["visits.lost_updates"], mean["visits.divergence.cv"],
                    mean["visits.divergence.cv_by_chance"]
            }'
}

table() {
    local strategy=$1 volume balancer policy ending=()
    [[ $strategy != none ]] || ending=(--visits 1000)
    echo "| volume | balancer | policy | visits | duplicates | backward | lost updates | divergence | by chance |"
    echo "|---|---|---|---:|---:|---:|---:|---:|---:|"
    for volume in per-pod shared shared-locked external; do
        for balancer in random round-robin least-connections sticky; do
            for policy in OrderedReady Parallel; do
                row "$volume | $balancer | $policy" "$strategy" "${ending[@]}" --volume "$volume" \
                    --balancer "$balancer" --pod-management "$policy"
            done
        done
    done
}

case ${1:-} in
    none | rolling | recreate) table "$1" ;;
    *)
        echo "usage: docs/visits-lab.sh none|rolling|recreate" >&2
        exit 2
        ;;
esac
