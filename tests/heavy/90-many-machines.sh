#!/usr/bin/env bash
# A sweep shared out by GNU parallel and by a real Slurm, each with one shard that is killed midway:
# what is merged must be the bytes of the sweep in one piece. And the form of the Kubernetes Job.
#
#   STRATSIM=PROGRAM   tests that one instead of building
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() {
    install_missing "${build_packages[@]}" parallel slurmctld slurmd slurm-client munge \
        python3-yaml
    [[ -n ${STRATSIM:-} ]] || build_preset release stratsim
}
with_lock_or_skip set_up
cd "$root"
export STRATSIM=${STRATSIM:-$root/build/release/stratsim}

scratch=$(mktemp -d)
started=()
stop_all() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    pkill -f "$scratch/" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap stop_all EXIT

failures=0
fail() {
    echo "FAIL: $1"
    failures=$((failures + 1))
}

readonly shards=8
readonly formats=(json csv markdown)
# Long enough that a shard can be caught at work.
sweep=(sweep canary --pods 10 --runs 100 --vary 'hold=1m..4m:1m' --vary 'pre-stop=0s..15s:5s')

for format in "${formats[@]}"; do
    "$STRATSIM" "${sweep[@]}" -o "$format" >"$scratch/whole.$format"
done

# compare DIRECTORY NAME: what is merged there is what the sweep in one piece printed.
compare() {
    local format
    for format in "${formats[@]}"; do
        "$STRATSIM" merge "$1" -o "$format" >"$scratch/merged.$format" || fail "$2: merge -o $format"
        cmp "$scratch/whole.$format" "$scratch/merged.$format" || fail "$2: $format differs"
    done
}

# kill_one DIRECTORY SHARD: kills the process of a shard while it works; its file must not be there.
kill_one() {
    local pid
    for _ in $(seq 600); do
        pid=$(pgrep -f -- "--shard (auto|$2)/$shards --out $1" | while read -r candidate; do
            # The program itself, not a shell or a script that has it on its command line.
            [[ $(readlink "/proc/$candidate/exe") == "$STRATSIM" ]] || continue
            tr '\0' '\n' <"/proc/$candidate/environ" | grep -qx "SLURM_ARRAY_TASK_ID=$2" ||
                tr '\0' '\n' <"/proc/$candidate/cmdline" | grep -qx "$2/$shards" || continue
            echo "$candidate"
            break
        done) || true
        if [[ -n $pid ]]; then
            sleep 0.1
            kill -KILL "$pid" 2>/dev/null || continue
            if compgen -G "$1/*-$2-of-$shards.json" >/dev/null; then
                echo "shard $2 was done already"
                return 1
            fi
            echo "killed shard $2 ($pid)"
            return
        fi
        sleep 0.05
    done
    echo "shard $2 was never seen at work"
    return 1
}

echo "-- GNU parallel"
mkdir "$scratch/parallel"
kill_one "$scratch/parallel" 3 &
killer=$!
REPORT="-o csv" docs/many-machines/parallel.sh "$scratch/parallel" "$shards" "${sweep[@]}" \
    >"$scratch/parallel.csv" 2>"$scratch/parallel.log" || {
    cat "$scratch/parallel.log"
    fail "parallel.sh"
}
wait "$killer" || fail "nothing was killed"
grep -qE '^4\s' "$scratch/parallel/parallel.log" || fail "the log of parallel has no fourth job"
cmp "$scratch/whole.csv" "$scratch/parallel.csv" || fail "parallel.sh: its report differs"
compare "$scratch/parallel" "GNU parallel"
before=$(stat -c %Y.%i "$scratch"/parallel/sweep-*)
docs/many-machines/parallel.sh "$scratch/parallel" "$shards" "${sweep[@]}" >/dev/null 2>&1 ||
    fail "parallel.sh, called again"
[[ $before == "$(stat -c %Y.%i "$scratch"/parallel/sweep-*)" ]] || fail "a shard was computed twice"

echo "-- Slurm"
if [[ $EUID -ne 0 ]]; then
    echo "Slurm was not tried: its daemons need root here"
else
    # A cluster of this one machine, apart from any other: its own key, ports and directories.
    host=$(hostname -s)
    mkdir -p "$scratch"/{munge,state,spool,slurm}
    chmod 711 "$scratch/munge"
    chmod 755 "$scratch"
    chown munge: "$scratch/munge"
    dd if=/dev/urandom of="$scratch/munge/key" bs=64 count=1 status=none
    chown munge: "$scratch/munge/key"
    chmod 400 "$scratch/munge/key"
    runuser -u munge -- /usr/sbin/munged --foreground --key-file="$scratch/munge/key" \
        --socket="$scratch/munge/socket" --pid-file="$scratch/munge/pid" \
        --log-file="$scratch/munge/log" --seed-file="$scratch/munge/seed" &
    started+=($!)
    cat >"$scratch/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$scratch/munge/socket
CredType=cred/munge
SlurmctldPort=26817
SlurmdPort=26818
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurm/ctld.pid
SlurmdPidFile=$scratch/slurm/d.pid
SlurmctldLogFile=$scratch/slurm/ctld.log
SlurmdLogFile=$scratch/slurm/d.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1
JobRequeue=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
    export SLURM_CONF=$scratch/slurm.conf
    for _ in $(seq 50); do
        [[ ! -S $scratch/munge/socket ]] || break
        sleep 0.1
    done
    slurmctld -D >"$scratch/slurm/ctld.out" 2>&1 &
    started+=($!)
    slurmd -D -N "$host" >"$scratch/slurm/d.out" 2>&1 &
    started+=($!)
    for _ in $(seq 100); do
        [[ $(sinfo -h -o %t 2>/dev/null) != idle* ]] || break
        sleep 0.3
    done
    if [[ $(sinfo -h -o %t 2>/dev/null) != idle* ]]; then
        tail -n 5 "$scratch"/slurm/*.log "$scratch/munge/log" || true
        fail "Slurm did not come up"
    else
        mkdir "$scratch/array"
        submit() {
            sbatch --wait --array="$1" --output="$scratch/slurm/task-%a.out" \
                docs/many-machines/slurm.sh "$scratch/array" "$shards" "${sweep[@]}"
        }
        kill_one "$scratch/array" 5 &
        killer=$!
        code=0
        submit 0-$((shards - 1)) || code=$?
        [[ $code -ne 0 ]] || fail "Slurm did not notice the task that was killed"
        wait "$killer" || fail "nothing was killed"
        code=0
        "$STRATSIM" merge "$scratch/array" >/dev/null 2>"$scratch/missing" || code=$?
        [[ $code -eq 75 ]] || fail "merge without a shard ended with $code, not 75"
        grep -q -- "--shard 5/$shards" "$scratch/missing" || fail "merge does not name shard 5"
        [[ $(grep -c -- --shard "$scratch/missing") -eq 1 ]] || fail "more than one shard is missing"
        submit 5 || fail "Slurm, the second time"
        compare "$scratch/array" Slurm
    fi
fi

echo "-- the Kubernetes Job"
python3 - docs/many-machines/job.yaml <<'END' || fail "the form of the Job"
import sys, yaml

claim, job = yaml.safe_load_all(open(sys.argv[1]))
spec = job["spec"]
pod = spec["template"]["spec"]
container = pod["containers"][0]
assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
# Rules of the API: limits by index and policies about exit codes need both of these.
assert spec["completionMode"] == "Indexed" and pod["restartPolicy"] == "Never"
assert "backoffLimitPerIndex" in spec
shard = [a for a in container["args"] if a.startswith("--shard=")][0]
assert shard == f"--shard=auto/{spec['completions']}"
codes, condition = spec["podFailurePolicy"]["rules"]
assert codes["action"] == "FailIndex" and codes["onExitCodes"]["values"] == [2]
assert codes["onExitCodes"]["containerName"] == container["name"]
assert condition["action"] == "Ignore"
assert condition["onPodConditions"][0]["type"] == "DisruptionTarget"
mounted = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
assert set(mounted) == {v["name"] for v in pod["volumes"]}
assert f"--out={mounted['shards']}" in container["args"]
assert claim["metadata"]["name"] == pod["volumes"][0]["persistentVolumeClaim"]["claimName"]
END

echo "$failures failures"
[[ $failures -eq 0 ]]
