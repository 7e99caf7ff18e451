#!/bin/sh
# Two versions of the manifests, from files and from git, in every command that reads them.
set -eu
command -v git >/dev/null || { echo "not run: git is missing"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
data=$SOURCE_DIR/tests/data/updates

fail() {
    echo "$1" >&2
    exit 1
}
# contains TEXT PART WHAT
contains() {
    case $1 in
        *"$2"*) ;;
        *) fail "$3 lacks '$2': $1" ;;
    esac
}

export HOME="$work" GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE || true
git init -q -b main repo
cd repo
git config user.name tester
git config user.email tester@example.org
mkdir -p 'k8s/odd $(x) "name"'
cp "$data/web.yaml" 'k8s/odd $(x) "name"/web.yaml'
cp "$data/db.yaml" k8s/db.yaml
git add . && git commit -qm first
sed -i 's|web:1.0|web:1.1|' 'k8s/odd $(x) "name"/web.yaml'
sed -i 's|^  replicas: 3|  replicas: 3  # three|' k8s/db.yaml
git commit -qam second
quick="--runs 5"

# Both sides, one side, and a path in a revision are the same update.
both=$("$STRATSIM" run --from HEAD~1 --to HEAD -f k8s -R $quick)
contains "$both" 'web:1.0 -> registry.example/web:1.1' 'run --from --to'
contains "$both" 'HEAD~1:k8s/odd $(x) "name"/web.yaml' 'run --from --to'
contains "$both" 'unchanged: statefulset/db' 'run --from --to'
work_tree=$("$STRATSIM" run --from HEAD~1 -f k8s -R $quick)
contains "$work_tree" 'web:1.0 -> registry.example/web:1.1' 'run --from -f'
(cd k8s && contains "$("$STRATSIM" run --from HEAD~1 -f . -R $quick)" 'web:1.1' 'run below the top')
contains "$("$STRATSIM" run --from HEAD~1:k8s --to k8s -R $quick)" 'web:1.1' 'REVISION:PATH'
contains "$("$STRATSIM" run --from "$data" --to k8s -R $quick)" 'web:1.1' 'a directory outside'
contains "$("$STRATSIM" run rolling --from HEAD~1 -f "$PWD/k8s" -R $quick)" 'web:1.1' 'an absolute path'
git show HEAD~1:k8s/db.yaml | "$STRATSIM" run --from - --to k8s/db.yaml $quick > stdin.txt
contains "$(cat stdin.txt)" 'No workload behaves differently (1 compared; 1 file differs in comments or order).' stdin
[ -z "$(git status --porcelain | grep -v stdin.txt)" ] || fail 'the work tree was touched'

# A path that is gone from the work tree is still in the revision.
git rm -q k8s/db.yaml && git commit -qm third
gone=$("$STRATSIM" plan --from HEAD~1 --to HEAD -f k8s -R $quick)
contains "$gone" 'is in the new version no more' 'a removed workload'

# What every other command makes of it.
contains "$("$STRATSIM" get deploy,rs --from HEAD~2 --to HEAD -f k8s -R --at 1s)" 'deployment.apps/web' get
contains "$("$STRATSIM" status --from HEAD~2 --to HEAD -f k8s -R --at 1s)" 'Waiting for deployment "web"' status
contains "$("$STRATSIM" compare rolling recreate --from HEAD~2 --to HEAD -f k8s -R $quick)" 'recreate' compare
markdown=$("$STRATSIM" plan --from HEAD~2 --to HEAD -f k8s -R $quick -o markdown)
contains "$markdown" '<!-- stratsim plan k8s HEAD~2 HEAD -->' markdown
contains "$markdown" '| deployment/web |' markdown
"$STRATSIM" plan --from HEAD~2 --to HEAD -f k8s -R $quick -o json | grep -q '"compared": 1' || fail 'plan -o json'
cat > question.yaml <<'END'
kind: Scenario
manifests: k8s
from: HEAD~2
workload: web
expect: [requests.total.mean > 0]
END
contains "$("$STRATSIM" run -f question.yaml -R $quick)" 'web:1.1' 'a scenario with from:'

# Mistakes say what and what to write instead, and end with 2.
# refuses PART ARGUMENTS...
refuses() {
    part=$1
    shift
    code=0
    text=$("$STRATSIM" "$@" 2>&1) || code=$?
    [ $code -eq 2 ] || fail "$* ended with $code: $text"
    contains "$text" "$part" "$*"
}
refuses "'nowhere' is no file, no directory and no git revision" run --from nowhere -f k8s
refuses 'git fetch origin main' run --from origin/main -f k8s
refuses "has no 'elsewhere'" run --from HEAD --to HEAD~1 -f elsewhere
refuses 'which files of' run --from HEAD~1 --to HEAD
refuses 'only one version of the manifests is named; --to is missing' run --from k8s
refuses 'both versions are read from standard input' run --from - --to -
(cd "$work" && mkdir plain && cp "$data/web.yaml" plain/ &&
    refuses 'not in a git repository' run --from HEAD -f plain)
(PATH=/nonexistent refuses 'needs the program git' run --from HEAD -f k8s)
sed 's|serviceName: db|serviceName: other|' "$data/db.yaml" > changed.yaml
refuses "changed.yaml:7:16: error: 'serviceName' of a StatefulSet cannot be changed" run --from "$data/db.yaml" --to changed.yaml
