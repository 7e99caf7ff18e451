#!/usr/bin/env bash
# Includes follow the arrow cli -> scenarios -> strategies -> sim and never go back, and the
# headers which are slow, or which only one of the two compilers accepts, stay where they belong.
set -euo pipefail

# check TREE: prints every offending line as file:line: why; fails when there is one.
check() {
    local sources
    mapfile -t sources < <(cd "$1" && find cli sim strategies scenarios tests \
        -type f -name '*.[ch]pp' 2>/dev/null | sort)
    if [[ ${#sources[@]} -eq 0 ]]; then
        echo "no sources below $1"
        return 1
    fi
    (cd "$1" && awk "$rules" "${sources[@]}")
}

# shellcheck disable=SC2016
rules='
function offence(why) {
    printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
    offences = 1
}

# The folder that a quoted include leads to: from the top of the tree, or from the file itself.
function normalised(path,    parts, count, i, kept, depth, result) {
    count = split(path, parts, "/")
    depth = 0
    for (i = 1; i <= count; i++) {
        if (parts[i] == "" || parts[i] == ".") continue
        if (parts[i] == "..") { if (depth > 0) depth--; continue }
        kept[++depth] = parts[i]
    }
    result = kept[1]
    for (i = 2; i <= depth; i++) result = result "/" kept[i]
    return result
}

FNR == 1 {
    folder = FILENAME
    sub("/.*", "", folder)
    beside = FILENAME
    sub("/[^/]*$", "", beside)
    runs_rollouts = FILENAME ~ /^scenarios\/(replay|experiment|workers|fields|units|habits|scenario|scenario_file|actions)\./
    in_reports = FILENAME ~ /^cli\/reports\//
}

{
    code = $0
    sub("//.*", "", code)
}

code ~ /std::(ranges::)?views|std::ranges::view_interface/ {
    offence("std::views does not compile with both compilers; use range-v3 or a loop")
}

code ~ /(^|[^a-z_])simulate\(/ && folder != "sim" && folder != "tests" {
    if (FILENAME != "scenarios/replay.cpp")
        offence("only scenarios/replay.cpp calls the engine, so that all reports are about one world")
}

code ~ /^[ \t]*#[ \t]*include/ {
    target = code
    quoted = target ~ /"/
    sub(/^[^"<]*["<]/, "", target)
    sub(/[">].*$/, "", target)

    if (!quoted || target ~ /^(range\/v3|CLI|nlohmann)\//) {
        if (target == "ranges")
            offence("<ranges> does not compile with both compilers; use <algorithm> or range-v3")
        if (target == "range/v3/all.hpp" || target == "range/v3/view.hpp")
            offence("slow to compile; include the one view")
        if (target ~ /^range\/v3\// && (folder == "sim" || folder == "strategies" || runs_rollouts))
            offence("range-v3 is for reports, manifests and tests; here it costs time, or readers of settings")
        if (target ~ /^range\/v3\// && FILENAME ~ /\.hpp$/)
            offence("range-v3 in a header is paid for in every file")
        if (target ~ /^CLI\// && FILENAME != "cli/flags.cpp")
            offence("only cli/flags.cpp may include CLI11")
        if (target ~ /^nlohmann\// && !in_reports && folder != "tests")
            offence("only cli/reports/ and the tests may include nlohmann")
    }

    if (quoted && target !~ /^(cli|sim|strategies|scenarios|tests)\//) target = beside "/" target
    target = normalised(target)
    to = target
    sub("/.*", "", to)
    if (to !~ /^(cli|sim|strategies|scenarios|tests)$/ || to == folder || folder == "tests") next
    if (to == "tests")
        offence("nothing includes tests/")
    else if (folder == "sim")
        offence("sim/ includes nothing of the other folders")
    else if (folder == "strategies" && to != "sim")
        offence("strategies/ includes only itself and the contract in sim/")
    else if (folder == "strategies" && target !~ /^sim\/(rollout|time|stateful_set|share)\.hpp$/)
        offence("strategies/ may see only rollout, time, stateful_set and share of sim/")
    else if (folder == "scenarios" && to == "cli")
        offence("scenarios/ does not know cli/")
}

END { exit offences }
'

# A checker that finds nothing may be blind: it must first find each of these, and only these.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{sim/metrics,strategies,scenarios,cli/reports,tests}

cat >"$scratch/sim/clock.hpp" <<'BAD'
#include "strategies/rolling.hpp"
#include <range/v3/view/zip.hpp>
#include <ranges>
BAD
printf '#include <range/v3/view/zip.hpp>\n' >"$scratch/scenarios/experiment.cpp"
printf '#include <range/v3/view/zip.hpp>\n' >"$scratch/cli/reports/table.hpp"
cat >"$scratch/sim/metrics/cost.cpp" <<'BAD'
#include "../../scenarios/scenario.hpp"
#include "../clock.hpp"
#include "cost.hpp"
#include <range/v3/view/zip.hpp>
#include <range/v3/all.hpp>
auto even = numbers | std::views::filter(is_even);  // line 6
// std::views and #include "cli/run.hpp" in a comment are fine
BAD
cat >"$scratch/strategies/rolling.cpp" <<'BAD'
#include "sim/cluster.hpp"
#include "sim/rollout.hpp"
#include "strategies/rolling.hpp"
#include "rolling.hpp"
#include <scenarios/scenario.hpp>
#  include "../cli/run.hpp"
BAD
cat >"$scratch/scenarios/reader.cpp" <<'BAD'
#include "cli/run.hpp"
#include "sim/cluster.hpp"
#include <nlohmann/json.hpp>
#include "CLI/CLI.hpp"
BAD
printf '#include <CLI/CLI.hpp>\n' >"$scratch/cli/flags.cpp"
printf 'auto world = simulate(setup);\n' >"$scratch/scenarios/replay.cpp"
cat >"$scratch/scenarios/why.cpp" <<'BAD'
auto world = simulate(setup);
auto sim = nothing_to_simulate(setup);  // a name that ends so is another
BAD
cat >"$scratch/cli/run.cpp" <<'BAD'
#include <CLI/CLI.hpp>
#include "scenarios/reader.hpp"
#include <nlohmann/json.hpp>
#include "tests/helpers.hpp"
#include <range/v3/view.hpp>
BAD
printf '#include <nlohmann/json.hpp>\n' >"$scratch/cli/reports/json.cpp"
printf '#include "sim/clock.hpp"\n#include <nlohmann/json.hpp>\n' >"$scratch/tests/clock_test.cpp"

expected='cli/reports/table.hpp:1
cli/run.cpp:1 cli/run.cpp:3 cli/run.cpp:4 cli/run.cpp:5
scenarios/experiment.cpp:1
scenarios/reader.cpp:1 scenarios/reader.cpp:3 scenarios/reader.cpp:4
scenarios/why.cpp:1
sim/clock.hpp:1 sim/clock.hpp:2 sim/clock.hpp:2 sim/clock.hpp:3
sim/metrics/cost.cpp:1 sim/metrics/cost.cpp:4 sim/metrics/cost.cpp:5 sim/metrics/cost.cpp:5 sim/metrics/cost.cpp:6
strategies/rolling.cpp:1 strategies/rolling.cpp:5 strategies/rolling.cpp:6'
if found=$(check "$scratch"); then
    echo "the checker accepts a tree of offences"
    exit 1
fi
if ! diff <(tr ' ' '\n' <<<"$expected") <(cut -d: -f1,2 <<<"$found"); then
    echo "the checker is blind (<) or sees ghosts (>)"
    exit 1
fi

check "${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}"
