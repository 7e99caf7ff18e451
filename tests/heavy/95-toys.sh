#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2317  # what sed or another bash reads; functions that check() calls
# A toy strategy, a toy balancer and a toy report format, added to a copy of the tree in the places
# that CONTRIBUTING.md names for them, and in no others: then all that the guide promises must follow.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"

set_up() { install_missing "${test_packages[@]}"; }
with_lock_or_skip set_up
cd "$root"
if ! command -v git >/dev/null || ! command -v python3 >/dev/null; then
    echo "not run: git or python3 is missing"
    exit 77
fi

# Always the same folder, as the compiler's cache goes by names.
scratch=$root/build/toys
trap 'rm -rf "$scratch"' EXIT
copy=$scratch/copy
rm -rf "$scratch"
mkdir -p "$copy"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z |
        while IFS= read -r -d '' file; do
            [[ ! -e $file ]] || printf '%s\0' "$file"
        done >"$scratch/files"
    tar --create --null --files-from="$scratch/files" | tar --extract --directory="$copy"
else
    tar --create --exclude=./build --exclude=./.git . | tar --extract --directory="$copy"
fi
cd "$copy"
git init --quiet
git add --all

stop() {
    echo "FAILED: $*"
    exit 1
}
result=0
check() { # check WHAT COMMAND...
    local what=$1
    shift
    if "$@" >"$scratch/said" 2>&1; then
        echo "ok: $what"
    else
        echo "FAILED: $what"
        sed 's/^/    /' "$scratch/said" | head -n 20
        result=1
    fi
}

# edit FILE SCRIPT...: each script of sed must find its place.
edit() {
    local file=$1 script
    shift
    [[ -f $file ]] || stop "there is no $file, where the toys have to be added"
    for script; do
        sed -E "$script" "$file" >"$scratch/edited"
        ! cmp -s "$scratch/edited" "$file" ||
            stop "$file has changed: the toys find no place there by '$script'"
        cat "$scratch/edited" >"$file"
    done
}

# named_by KIND NAME: the files in the paragraph of CONTRIBUTING.md that begins with **KIND**, in
# backticks or behind a link.
named_by() {
    awk -v head="**$1**" 'index($0, head) == 1 { inside = 1 } /^$/ { inside = 0 } inside' CONTRIBUTING.md |
        grep -oE '(`|\]\()[A-Za-z0-9_./-]+\.[a-z]+[`)]' | sed -E 's/^(`|\]\()//; s/.$//' |
        sed "s/NAME/$2/" | LC_ALL=C sort -u
}

changed_files() {
    { git diff --name-only && git ls-files --others --exclude-standard; } | LC_ALL=C sort -u
}

# by_the_guide KIND NAME: what was touched since the last toy is what the guide names.
by_the_guide() {
    named_by "$1" "$2" >"$scratch/named"
    [[ -s $scratch/named ]] || stop "CONTRIBUTING.md has no entry **$1** that names files"
    changed_files >"$scratch/touched"
    check "CONTRIBUTING.md names the files for a ${1,,} (<), and these were touched (>)" \
        diff "$scratch/named" "$scratch/touched"
    git add --all
}

# Half of the old pods are stopped at once; once they are gone, the rest as recreate does it.
cat >strategies/dropper.hpp <<'CODE'
#pragma once

#include "sim/rollout.hpp"

#include <string_view>

namespace stratsim {

/// Stop a part of the old pods, wait until these are gone, then recreate.
struct Dropper {
    static constexpr std::string_view name = "dropper";
    static constexpr std::string_view summary = "stop a part of the old pods, then recreate";
    static constexpr std::string_view good_for = "a test";
    static constexpr std::string_view price = "as recreate, and slower";

    PodCount drop_first{500'000, true};

    template <class Knob>
    void knobs(Knob&& knob) {
        knob("drop-first", drop_first, "old pods that stop before the others", "assumed: 50%");
    }

    using Memory = NoMemory;
    Decision<Desired, Memory> decide(const Observed& seen, const Memory& = {}) const;

    friend bool operator==(const Dropper&, const Dropper&) = default;
};

}  // namespace stratsim
CODE
cat >strategies/dropper.cpp <<'CODE'
#include "strategies/dropper.hpp"

#include "strategies/pass.hpp"
#include "strategies/proportional.hpp"
#include "strategies/recreate.hpp"

#include <algorithm>

namespace stratsim {

Decision<Desired, NoMemory> Dropper::decide(const Observed& seen, const Memory&) const {
    const int kept = std::max(0, seen.replicas - drop_first.rounded_up(seen.replicas));
    const int old = old_size(seen);
    const bool leaving = std::ranges::any_of(
        seen.old_revisions, [](const RevisionSeen& set) { return set.terminating > 0; });
    const bool drops = old > kept || (leaving && old > 0);
    if (!drops || !seen.ordinals.empty() || seen.paused || is_scaling_event(seen))
        return Recreate{}.decide(seen);
    Desired desired = as_observed(seen);
    desired.bounds = bounds_of(seen.replicas, {});
    int surplus = std::max(0, old - kept);
    for (int& size : desired.old_sizes) {
        const int taken = std::min(size, surplus);
        size -= taken;
        surplus -= taken;
    }
    return {desired, {}};
}

}  // namespace stratsim
CODE
edit strategies/strategy.hpp '/^#include "strategies\/recreate.hpp"/i #include "strategies/dropper.hpp"' \
    '/^using Strategies =/,/;$/s/>;$/, Dropper>;/'
edit cli/commands/run.cpp 's/canary none/canary dropper none/'
edit tests/scenario_file_test.cpp 's/canary, none\)/canary, dropper, none)/'
edit tests/strategy_laws_test.cpp \
    '/^ +holds\(Recreate\{\}, whole\("recreate", n, false\)\);$/a holds(Dropper{}, whole("dropper", n, false));'
edit README.md '/`stratsim run STRATEGY`/s/`canary`,/`canary`, `dropper`,/'
edit docs/glossary.md '/^- \*\*strategy\*\*:/s/canary/canary, dropper/'
by_the_guide Strategy dropper

# Whoever is listed first gets everything.
cat >sim/balancers/first.hpp <<'CODE'
#pragma once

#include "sim/balancers/pick.hpp"

namespace stratsim {

/// The first candidate, always.
struct FirstBalancer {
    PodId pick(const Pick& pick, auto&&) { return pick.candidates[0]; }
};

}  // namespace stratsim
CODE
edit sim/balancers/balancer.hpp \
    '/^#include "sim\/balancers\/haproxy_least.hpp"/i #include "sim/balancers/first.hpp"' \
    '/^using Balancer =/,/;$/s/>;$/, FirstBalancer>;/'
edit sim/setup.hpp '/^enum class BalancerKind/,/^\};/s/^\};/    first,\n};/'
edit sim/balancers/balancer.cpp \
    's/^ +switch \(network\.balancer\) \{$/&\n        case BalancerKind::first:\n            return FirstBalancer{};/'
edit scenarios/settings/enum_words.cpp \
    '/balancer_words\(\) \{$/,/^\}/s/words\{\{/words{{"first", BalancerKind::first}, {/'
edit tests/fuzzed_setup.hpp 's/(static_cast<std::uint32_t>\(BalancerKind::)[a-z_]+/\1first/'
by_the_guide Balancer first

# One line for each rollout.
cat >cli/reports/formats/oneline.cpp <<'CODE'
#include "cli/reports/report.hpp"

#include <fmt/format.h>

namespace stratsim {

std::string oneline_report(const Result& result, const Screen&) {
    std::string text;
    for (const Experiment& e : result.experiments) {
        text += fmt::format("{}: {} runs, {:.1f} requests lost\n", e.scenario.strategy,
                            e.runs.size(), e.mean("requests.failed"));
    }
    return text;
}

}  // namespace stratsim
CODE
edit cli/reports/report.hpp '/^enum class Format/,/^\};/s/^    text,$/&\n    oneline,/' \
    's/^std::string text_report\(.*\);$/&\nstd::string oneline_report(const Result\& result, const Screen\& screen);/'
edit cli/reports/report.cpp \
    's/^ +\{"text", Format::text, .*$/&\n        {"oneline", Format::oneline, oneline_report},/'
edit docs/ci.md '/^\| `jsonl` \|/a | `oneline` | people in a hurry | a line a rollout |'
by_the_guide "Report format" oneline

[[ $result -eq 0 ]] || exit 1

# It builds, and what is generated follows; what was there before the toys stays as it was.
if ! tests/bless >"$scratch/blessed" 2>&1; then
    tail -n 60 "$scratch/blessed"
    stop "the copy with the toys does not build, or tests/bless fails in it"
fi
printf '%s\n' docs/model.md docs/scenario.schema.json docs/strategies.md tests/data/contract.txt >"$scratch/generated"
changed_files >"$scratch/touched"
check "tests/bless writes what is generated (<), and these it wrote (>)" \
    diff "$scratch/generated" "$scratch/touched"
git diff -U0 -- tests/data/contract.txt | grep -E '^[-+][^-+]' >"$scratch/contract" || true
check "the toys take nothing away from the contract" bash -c '! grep "^-" "$1"' - "$scratch/contract"
for line in 'strategy dropper' 'flag run --drop-first' 'flag compare --drop-first' \
    'value --balancer first' 'value --output oneline' 'scenario dropper.drop-first'; do
    check "the contract has '$line'" grep -xF -- "+$line" "$scratch/contract"
done

export STRATSIM=$copy/build/release/stratsim SOURCE_DIR=$copy
check "the toys include what they may" bash tests/shell/includes_test.sh
check "the documents are about the toys as well" bash tests/shell/docs_test.sh

# The strategy.
check "strategies lists the strategy" bash -c '"$STRATSIM" strategies | grep "^dropper  "'
check "its knob is explained" bash -c '"$STRATSIM" explain drop-first | grep "default  50%"'
check "run tells of it" bash -c '"$STRATSIM" run dropper --pods 4 --runs 5 | grep dropper'
check "compare includes it" bash -c '"$STRATSIM" compare --pods 4 --runs 5 | grep "^  dropper "'
cat >"$scratch/dropper.yaml" <<'YAML'
apiVersion: stratsim/v1
kind: Scenario
strategy: dropper
pods: 4
runs: 5
dropper: {drop-first: 25%}
YAML
# sizes_of SIZES ARGUMENTS...: the sizes that the old set is given in the printed run, and its end.
sizes_of() {
    local sizes=$1
    shift
    "$STRATSIM" run "$@" -o json >"$scratch/report.json"
    python3 - "$scratch/report.json" "$sizes" <<'PYTHON'
import json, sys
run = json.load(open(sys.argv[1]))
sizes = [str(e["to"]) for e in run["timeline"] if e["event"] == "resized" and e["version"] == "old"]
print(run["strategy"], sizes, run["outcomes"])
sys.exit(run["strategy"] != "dropper" or run["outcomes"]["complete"] != 5 or " ".join(sizes) != sys.argv[2])
PYTHON
}
check "half of the old pods go first" sizes_of "2 0" dropper --pods 4 --runs 5
check "the flag of its knob counts" sizes_of "1 0" dropper --pods 4 --runs 5 --drop-first 3
check "its knob is a key of scenarios" sizes_of "3 0" -f "$scratch/dropper.yaml"
keeps_the_laws() {
    c++ -std=c++20 -O1 -I. tests/main.cpp tests/strategy_laws_test.cpp tests/strategy_laws.cpp \
        build/release/libstratsim_sim.a -lfmt -o "$scratch/laws" &&
        "$scratch/laws" --test-case='*canary keep their promises*'
}
check "it keeps the laws of every strategy" keeps_the_laws

# The balancer.
all_to_one_pod() {
    "$STRATSIM" run none --pods 4 --balancer first --visits 100 --runs 5 -o json >"$scratch/report.json"
    python3 - "$scratch/report.json" <<'PYTHON'
import json, sys
visits = sorted(pod["visits"] for pod in json.load(open(sys.argv[1]))["visits"]["per_pod"])
print(visits)
sys.exit(visits != [0, 0, 0, 100])
PYTHON
}
check "the balancer sends all requests to one pod" all_to_one_pod
check "it goes through a rollout" \
    bash -c '"$STRATSIM" run rolling --balancer first --runs 5 | grep "rolling"'

# The format.
"$STRATSIM" run rolling --runs 5 -o oneline >"$scratch/line" || true
check "the format is one line" bash -c '[[ $(wc -l <"$1") -eq 1 ]]' - "$scratch/line"
check "which says what it has to" grep -xE 'rolling: 5 runs, [0-9]+\.[0-9] requests lost' "$scratch/line"
check "the help offers it" bash -c '"$STRATSIM" run --help | grep -w oneline'
exit "$result"
