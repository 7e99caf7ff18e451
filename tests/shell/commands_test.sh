#!/usr/bin/env bash
# The command line as a user meets it: what must be said, where, and with which exit code.
set -u

cd "$SOURCE_DIR" || exit 1
# shellcheck source=tests/shell/expect.sh
source tests/shell/expect.sh

quick=(--runs 2 --hold 2s)

expect 0 'canary loses' "$STRATSIM" run canary --pods 10 "${quick[@]}"
expect 0 'stratsim 0.' "$STRATSIM" --version
expect 0 'stratsim run' "$STRATSIM" --help
expect 0 '--max-surge 25%' "$STRATSIM" run --help
expect 2 "did you mean 'run'?" "$STRATSIM" runn
expect 2 "did you mean '--pods'?" "$STRATSIM" run rolling --pod 3
expect 2 "did you mean 'rolling'?" "$STRATSIM" run roling
expect 2 'which strategy?' "$STRATSIM" run
expect 2 'write --max-surge 1' "$STRATSIM" run rolling --max-surge 0 --max-unavailable 0
expect 2 'pods must be 1 or more' "$STRATSIM" run rolling --pods 0
expect 2 'pods must be 1 or more' "$STRATSIM" run rolling --pods -3
expect 2 'pods must be at most' "$STRATSIM" run rolling --pods 10000000
expect 2 'is not a whole number' "$STRATSIM" run rolling --pods ten
expect 2 'is not a duration' "$STRATSIM" run rolling --boot fast
expect 2 'write one of the two' "$STRATSIM" run rolling --rate 5/s --load 50%
expect 2 'write --visits 1000 or --observe 10m' "$STRATSIM" run none
expect 2 'two formats for standard output' "$STRATSIM" run rolling "${quick[@]}" -o json -o csv
expect 2 "did you mean 'json'?" "$STRATSIM" run rolling "${quick[@]}" -o jsn
expect 2 'cannot read' "$STRATSIM" run -f "$work/absent.yaml"
expect 2 'did you mean' "$STRATSIM" explain podz
expect 0 'boot' "$STRATSIM" explain --boot
expect 0 'blue-green' "$STRATSIM" strategies

# A vector option must not swallow what follows it.
expect 0 'canary' "$STRATSIM" run -f scenarios/visits-lab.yaml canary --runs 1 --hold 1s
expect 0 '-rw-r--r--' "$STRATSIM" exec pod/demo-0 --at 1s -f scenarios/visits-lab.yaml -- ls -l
expect 1 'pods "demo-9" not found' "$STRATSIM" exec pod/demo-9 -f scenarios/visits-lab.yaml -- cat visits
expect 0 'persistentvolumeclaim/data-demo-1' "$STRATSIM" get po,sts,svc,ep,pvc -f scenarios/visits-lab.yaml --at 5s

# The two counters of the lab hold all that the users were shown.
zero=$("$STRATSIM" exec pod/demo-0 none --kind statefulset --pods 2 --at 42s -- cat visits 2>&1)
[[ "$zero" == *'not found'* ]] || fail "a pod of another workload was found: $zero"
sum=0
for pod in 0 1; do
    visits=$("$STRATSIM" exec "pod/demo-$pod" none -f scenarios/visits-lab.yaml --at 60s -- cat visits)
    sum=$((sum + visits))
done
if [ "$sum" -le 1000 ] || [ "$sum" -ge 1400 ]; then fail "60 s at 20/s came to $sum visits"; fi

# Outputs: one on standard output is nothing but its format; a file comes whole, beside the text.
"$STRATSIM" run rolling "${quick[@]}" -o json >"$work/a.json" || fail 'json'
grep -q '"schema": "stratsim.run/v1"' "$work/a.json" || fail 'the JSON is not the contract'
text=$("$STRATSIM" run rolling "${quick[@]}" -o json="$work/b.json" -o csv="$work/c.csv")
[[ "$text" == rolling* ]] || fail "with files alone the text is still printed: $text"
cmp -s "$work/a.json" "$work/b.json" || fail 'the same inputs gave other bytes'
head -n 1 "$work/c.csv" | grep -q '^strategy,workload,path' || fail 'the CSV has no header'
expect 74 'cannot write' "$STRATSIM" run rolling "${quick[@]}" -o json=/nonexistent/x.json
[ ! -e /nonexistent/x.json ] || fail 'half a file was left'
[ -z "$(find "$work" -name '*.??????' ! -name '*.json' ! -name '*.csv')" ] || fail 'a temporary file was left'
if [ -e /dev/full ]; then
    "$STRATSIM" run rolling "${quick[@]}" -o json >/dev/full 2>/dev/null
    [ $? = 74 ] || fail 'a full disk is not told'
fi

# Files without a workload are one sentence.
printf 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n' >"$work/config.yaml"
expect 0 'Nothing to simulate' "$STRATSIM" run -f "$work/config.yaml"
lines=$("$STRATSIM" run -f "$work/config.yaml" | wc -l)
[ "$lines" = 1 ] || fail "no workload took $lines lines"

# Every mistake of a file in one run, each with its place.
printf 'kind: Scenario\nstrategy: roling\npodz: 3\nboot: fast\nusers: 0\n' >"$work/bad.yaml"
said=$("$STRATSIM" run -f "$work/bad.yaml" 2>&1)
[ $? = 2 ] || fail 'a bad scenario was run'
for place in bad.yaml:2: bad.yaml:3: bad.yaml:4:; do
    [[ "$said" == *"$place"* ]] || fail "$place is not complained of: $said"
done

# Colour only where asked for, and only as an addition.
plain=$("$STRATSIM" run rolling "${quick[@]}" --color never)
colour=$("$STRATSIM" run rolling "${quick[@]}" --color always | sed 's/\x1b\[[0-9;]*m//g')
[ "$plain" = "$colour" ] || fail 'colour changes the text'
[[ "$("$STRATSIM" run rolling "${quick[@]}")" != *$'\x1b'* ]] || fail 'a pipe got colour'

# Nothing takes a second to refuse.
head -c 100000000 /dev/zero >"$work/big.yaml"
start=$(date +%s%N)
expect 2 'error' "$STRATSIM" run -f "$work/big.yaml"
[ $(($(date +%s%N) - start)) -lt 5000000000 ] || fail 'a big file took seconds'
printf 'a: &a [*a]\n' >"$work/alias.yaml"
expect 2 'error' "$STRATSIM" run -f "$work/alias.yaml"
expect 2 'error' "$STRATSIM" run -f "$SOURCE_DIR/stratsim"
printf ', a' >"$work/comma.yaml"
expect 2 'error' "$STRATSIM" run -f "$work/comma.yaml"

# Expectations decide the exit code, and are understood before anything is run.
expect 1 'FAIL' "$STRATSIM" run rolling --runs 10 --expect 'requests.failed <= 1'
expect 0 'pass' "$STRATSIM" run rolling --runs 10 --expect 'outcomes.complete == 1'
expect 1 'needs 72 runs' "$STRATSIM" run rolling --runs 10 --expect 'requests.failed.p95 <= 10000'
expect 0 'needs 72 runs' "$STRATSIM" run rolling --runs 10 --expect 'requests.failed.p95 <= 10000' --undecided pass
expect 2 "did you mean 'requests.failed.p95'?" "$STRATSIM" run rolling --expect 'requests.faild.p95 <= 1'
expect 2 'is none of fail|pass' "$STRATSIM" run rolling --undecided maybe

# A directory of scenarios: one line each, the counts last.
mkdir "$work/scenarios" "$work/scenarios/below"
printf 'kind: Scenario\nstrategy: rolling\nruns: 10\nexpect: [outcomes.complete == 1]\n' >"$work/scenarios/good.yaml"
printf 'kind: ConfigMap\n' >"$work/scenarios/other.yaml"
printf '{{ template }}\n' >"$work/scenarios/template.yaml"
expect 0 '1 scenario: 1 pass' "$STRATSIM" test "$work/scenarios"
printf 'kind: Scenario\nstrategy: rolling\nruns: 10\nexpect:\n  - requests.failed <= 1\n' >"$work/scenarios/below/lossy.yaml"
expect 1 '2 scenarios: 1 pass, 1 fail' "$STRATSIM" test "$work/scenarios"
expect 1 'below/lossy.yaml:5:5' "$STRATSIM" test "$work/scenarios"
expect 2 'holds no scenario' "$STRATSIM" test "$work/scenarios/other.yaml"
expect 2 'which scenarios?' "$STRATSIM" test
"$STRATSIM" test "$work/scenarios" --threads 1 >"$work/one"
"$STRATSIM" test "$work/scenarios" --threads 7 >"$work/seven"
cmp -s "$work/one" "$work/seven" || fail 'the number of threads changes a test'
if needs xmllint; then
    "$STRATSIM" test "$work/scenarios" -o junit | xmllint --noout - || fail 'the JUnit report is no XML'
fi
expect 1 "::error file=$work/scenarios/below/lossy.yaml,line=5,col=5," "$STRATSIM" test "$work/scenarios" -o github

# A plan names the fix by its line.
cat >"$work/web.yaml" <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}
YAML
expect 0 'web.yaml:11  lifecycle: {preStop: {sleep: {seconds: ' env -C "$work" "$STRATSIM" plan -f web.yaml --runs 20
expect 0 'Plan: 1 workload, 1 to fix.' "$STRATSIM" plan -f "$work/web.yaml" --runs 20
expect 0 'Plan: 1 workload, 1 fine.' "$STRATSIM" plan -f "$work/web.yaml" --runs 20 --pre-stop 25s
expect 0 'Plan: no Deployment or StatefulSet' "$STRATSIM" plan -f "$work/config.yaml"
expect 2 'write 40/month' "$STRATSIM" plan -f "$work/web.yaml" --releases often
expect 2 'write --releases 40/month' "$STRATSIM" plan -f "$work/web.yaml" --slo 99.9%
[[ "$("$STRATSIM" plan -f - --runs 20 <"$work/web.yaml")" == *'<stdin>:11  lifecycle'* ]] || fail 'a plan does not read standard input'

# Every setting of run is one of plan and of test as well.
flags_of() { "$STRATSIM" "$1" --help | grep -oE -- '--[a-z][a-z-]*' | sort -u; }
missing=$(comm -23 <(flags_of run) <(flags_of plan))
[ -z "$missing" ] || fail "plan does not take $missing"
for flag in $(flags_of run); do
    "$STRATSIM" plan "$flag" 2>&1 </dev/null | grep -q 'unknown flag' && fail "plan does not know $flag"
done

# A flag outweighs the environment, that the file, that the manifest, that what is assumed.
printf 'kind: Scenario\nmanifests: [web.yaml]\npods: 5\ngrace: 50s\n' >"$work/weights.yaml"
resolved() { env -C "$work" "$@" "$STRATSIM" run -f weights.yaml --print-resolved; }
of() { grep -E "^  $1 " | tr -s ' '; }
[[ "$(resolved -u X | of pods)" == ' pods 5 given in weights.yaml:3:7' ]] || fail "the file: $(resolved -u X | of pods)"
[[ "$(resolved STRATSIM_PODS=6 | of pods)" == ' pods 6 given by the variable STRATSIM_PODS' ]] ||
    fail "the environment: $(resolved STRATSIM_PODS=6 | of pods)"
[[ "$(env -C "$work" STRATSIM_PODS=6 "$STRATSIM" run -f weights.yaml --print-resolved --pods 7 | of pods)" == ' pods 7 given by --pods' ]] ||
    fail 'the flag does not win'
[[ "$(env -C "$work" "$STRATSIM" run -f web.yaml --print-resolved | of pods)" == ' pods 4 given in web.yaml:5:13' ]] ||
    fail 'the manifest does not speak'
[[ "$(resolved -u X | of max-surge)" == ' max-surge 25% Kubernetes: 25%' ]] || fail 'a default has no source'
expect 2 'STRATSIM_MAX_SURGE: ' env STRATSIM_MAX_SURGE=much "$STRATSIM" run rolling
expect 0 '' env STRATSIM_PODS= "$STRATSIM" run rolling --runs 2

# A comparison judges each of its rows.
expect 1 'FAIL       requests.failed <= 1' "$STRATSIM" compare recreate blue-green --runs 10 --hold 1s --expect 'requests.failed <= 1'
expect 0 'pass       outcomes.complete == 1' "$STRATSIM" compare recreate blue-green --runs 10 --expect 'outcomes.complete == 1'

# Where a handful of answers decides, it is said.
expect 0 'chance decides' "$STRATSIM" run canary --rate 1/s --runs 2 --hold 1m
[[ "$("$STRATSIM" run canary --pods 10 --runs 2 --hold 1m)" != *'chance decides'* ]] || fail 'enough answers are called few'

# Nobody knows that a rollout stalls before its deadline is over.
stalled=$("$STRATSIM" run rolling --new ready=never --progress-deadline 2m --runs 2 -o csv | grep ',rollout.settled_s,' | cut -d, -f5)
[[ ${stalled%.*} -ge 120 && ${stalled%.*} -lt 200 ]] || fail "a stalled rollout was watched for $stalled s"

# What is written to begin with can be run.
(cd "$work" && "$STRATSIM" init web.yaml >begin.yaml && "$STRATSIM" run -f begin.yaml --runs 2 >/dev/null)
[ $? -le 1 ] || fail 'the scenario of init cannot be run'
"$STRATSIM" init >"$work/bare.yaml"
expect 0 'rolling' "$STRATSIM" run -f "$work/bare.yaml" --runs 2 --undecided pass --pre-stop 60s --grace 90s
expect 0 'given by --pods' "$STRATSIM" run rolling --pods 3 --print-resolved
expect 0 'draft-07' "$STRATSIM" schema
"$STRATSIM" schema | cmp -s - docs/scenario.schema.json ||
    fail 'docs/scenario.schema.json is not current: stratsim schema > docs/scenario.schema.json'
"$STRATSIM" completion bash | bash -n || fail 'the completion is no bash'
expect 2 'write stratsim completion bash, zsh or fish' "$STRATSIM" completion tcsh
expect 0 '.SH NAME' "$STRATSIM" man

all_met
