#!/usr/bin/env bash
# What kubectl would show of a cluster at an instant: rollout status in each of its situations, the
# columns of get, and the conditions.
set -euo pipefail

: "${STRATSIM:?names the program to look at}"
failed=0
common=(--pods 4 --boot 5s --shutdown 2s --rate 1/s)

# says WHAT EXIT WORDS...: the program says WHAT on either stream and exits with EXIT.
says() {
    local what=$1 exit=$2 said code=0
    shift 2
    said=$("$STRATSIM" "$@" 2>&1) || code=$?
    if [[ $said != *"$what"* || $code != "$exit" ]]; then
        printf 'stratsim %s\n  says (%s): %s\n  not (%s): %s\n' "$*" "$code" "$said" "$exit" "$what"
        failed=1
    fi
}

# A Deployment of 4 with surge 1 and unavailable 1: 3 + 2, then 1 + 4.
waiting='Waiting for deployment "web" rollout to finish: '
says "${waiting}2 out of 4 new replicas have been updated..." 0 status rolling "${common[@]}" --at 1s
says "${waiting}1 old replicas are pending termination..." 0 status rolling "${common[@]}" --at 6s
says "${waiting}0 of 4 updated replicas are available..." 0 status recreate "${common[@]}" --at 4s
says 'deployment "web" successfully rolled out' 0 status rolling "${common[@]}" --at 30s
says 'error: deployment "web" exceeded its progress deadline' 1 \
    status rolling "${common[@]}" --new ready=never --progress-deadline 20s --at 30s

# A StatefulSet of 3, one by one from the top.
set=(--kind statefulset --pods 3 --boot 5s --shutdown 2s --rate 1/s)
says 'Waiting for 1 pods to be ready...' 0 status rolling "${set[@]}" --at 4s
says 'Waiting for 1 pods to be ready...' 0 status rolling "${set[@]}" --new ready=never --at 60s
says 'partitioned roll out complete: 3 new pods have been updated...' 0 status rolling "${set[@]}"
says 'partitioned roll out complete: 1 new pods have been updated...' 0 \
    status rolling "${set[@]}" --partition 2
says 'Waiting for partitioned roll out to finish: 1 out of 3 new pods have been updated...' 0 \
    status rolling "${set[@]}" --at 8s
says 'error: rollout status is only available for RollingUpdate strategy type' 1 \
    status rolling "${set[@]}" --on-delete true

# The columns agree with each other at one instant.
says 'web    3/4     2            3           60m' 0 get deploy rolling "${common[@]}" --at 1s
pods=$("$STRATSIM" get po rolling "${common[@]}" --at 1s)
[[ $(grep -c ' 1/1 .* Running ' <<<"$pods") == 3 && $(grep -c ' 0/1 .* Running ' <<<"$pods") == 2 &&
    $(grep -c ' 1/1 .* Terminating ' <<<"$pods") == 1 ]] || {
    printf 'the pods at 1s are\n%s\n' "$pods"
    failed=1
}
sets=$("$STRATSIM" get rs rolling "${common[@]}" --at 1s | awk 'NR > 1 { print $2, $3, $4 }' | sort)
[[ $sets == $'2 2 0\n3 3 3' ]] || {
    printf 'the replica sets at 1s are %s\n' "$sets"
    failed=1
}
says ':80 + 1 more...' 0 get ep rolling "${common[@]}"
says '10.244.0.2,10.244.0.3,10.244.0.4 + 3 more...' 0 \
    get endpointslices rolling "${common[@]}" --at 1s

# Conditions, in the order and the words of the API.
says '"message": "Deployment has minimum availability.",
                "reason": "MinimumReplicasAvailable",
                "status": "True",
                "type": "Available"' 0 get deploy rolling "${common[@]}" --at 1s -o json
says '"reason": "ProgressDeadlineExceeded",
                "status": "False",
                "type": "Progressing"' 0 \
    get deploy rolling "${common[@]}" --new ready=never --progress-deadline 20s --at 30s -o json
says '"reason": "DeploymentPaused"' 0 get deploy rolling "${common[@]}" --paused true --at 1s -o json
says '"currentReplicas": 2' 0 get sts rolling "${set[@]}" --at 4s -o json
says 'only the workload is written as JSON' 2 get po rolling "${common[@]}" -o json
says 'get writes a table or JSON' 2 get deploy rolling "${common[@]}" -o yaml
exit "$failed"
