#!/usr/bin/env bash
# The shell of both jobs in docs/ci.md does what the text says, over a manifest that loses nothing
# and over one that loses requests.
set -u

failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAIL: $1"
    failures=$((failures + 1))
}

# Prints the shell blocks of one section, each ended by a line with a NUL's stand-in, "%%".
blocks_of() {
    awk -v section="## $1" '
        /^## / { inside = ($0 == section) }
        !inside { next }
        block && ($0 ~ /^ *$/ || match($0, /[^ ]/) <= indent) { block = 0; print "%%" }
        block { print; next }
        /(run: |- )\|$/ { block = 1; indent = match($0, /[^ ]/) }
    ' "$SOURCE_DIR/docs/ci.md"
}

# project NAME PRE-STOP: a repository with a manifest and a scenario over it.
project() {
    mkdir -p "$work/$1/k8s" "$work/$1/scenarios"
    cat >"$work/$1/k8s/web.yaml" <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 90
      containers:
      - name: web
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}
        lifecycle: {preStop: {sleep: {seconds: $2}}}
YAML
    cat >"$work/$1/scenarios/web.yaml" <<YAML
apiVersion: stratsim/v1
kind: Scenario
manifests: [../k8s/web.yaml]
expect: [requests.failed.mean <= 5]
YAML
}

# runs NAME SECTION: the exit codes of its blocks, in order, each run as the service runs it.
runs() {
    local codes=() block='' line
    while IFS= read -r line; do
        if [[ $line != '%%' ]]; then
            block+=$line$'\n'
            continue
        fi
        (cd "$work/$1" && PATH=$work/bin:$PATH GITHUB_STEP_SUMMARY=$work/$1/summary \
            bash -e -o pipefail -c "$block" >>log 2>&1 </dev/null)
        codes+=($?)
        block=''
    done < <(blocks_of "$2")
    echo "${codes[*]}"
}

# check NAME SECTION CODES
check() {
    local got
    got=$(runs "$1" "$2")
    [[ $got == "$3" ]] || fail "the blocks of $2 over the $1 manifest end with '$got', not '$3': $(cat "$work/$1/log")"
}

mkdir "$work/bin"
ln -s "$STRATSIM" "$work/bin/stratsim"
project good 60
project lossy 0
check good 'GitHub Actions' '0 0 0'
check good 'GitLab' '0 0'
check lossy 'GitHub Actions' '1 0 1'
check lossy 'GitLab' '1 1'

grep -q '^::error file=k8s/web.yaml,line=' "$work/lossy/log" || fail 'no annotation on a line of the manifest'
grep -q '| deployment/web |' "$work/lossy/summary" || fail 'the summary has no table'
for name in good lossy; do
    for file in plan.md plan.sarif plan.json scenarios.xml; do
        [[ -s $work/$name/$file ]] || fail "the $name job wrote no $file"
    done
done
grep -q '<failure ' "$work/lossy/scenarios.xml" || fail 'the JUnit file has no failure'
! grep -q '<failure ' "$work/good/scenarios.xml" || fail 'the JUnit file has a failure'
grep -q '"severity"' "$work/lossy/plan.json" || fail 'the Code Quality file has no finding'

echo "$failures failures"
[[ $failures -eq 0 ]]
