#!/usr/bin/env bash
# Includes go from room to room as the table says and never back, and the headers which are slow, or
# which only one of the two compilers accepts, stay where they belong.
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

# Each room and the rooms that its files may include; indented lines go on. The files of a folder
# that has rooms inside are rooms themselves where they are not of one height: `sim/simulate` stands
# above the engine's rooms, `sim` below them, `sim/ground` below everything.
export arrows='
sim/ground
sim/numbers: sim/ground
sim: sim/ground sim/numbers
sim/network: sim sim/ground sim/numbers
sim/balancers: sim sim/ground sim/numbers sim/network
sim/pods: sim sim/ground
sim/cluster: sim sim/ground sim/numbers sim/network sim/pods
sim/requests: sim sim/ground sim/numbers sim/network sim/balancers sim/pods sim/cluster
sim/actors: sim sim/ground
sim/simulate: sim sim/ground sim/cluster sim/requests sim/actors
sim/metrics: sim sim/ground sim/numbers sim/simulate
strategies: sim sim/ground
scenarios/text:
scenarios/settings: sim sim/ground sim/numbers sim/requests strategies scenarios/text
scenarios/manifests: sim sim/ground sim/numbers scenarios/text scenarios/settings
scenarios/experiments: sim sim/ground sim/numbers sim/network sim/cluster sim/simulate sim/metrics
    strategies scenarios/text scenarios/settings
cli/reports: sim sim/ground sim/numbers scenarios/text scenarios/settings scenarios/manifests
    scenarios/experiments
cli/reports/words: sim sim/ground sim/numbers sim/metrics strategies scenarios/text
    scenarios/settings scenarios/experiments cli/reports
cli/reports/formats: sim sim/ground sim/numbers scenarios/text scenarios/settings
    scenarios/experiments cli/reports cli/reports/words
cli/reports/terminal: scenarios/settings scenarios/experiments cli/reports cli/reports/words
cli/reports/page: sim/numbers sim/metrics scenarios/text scenarios/settings scenarios/experiments
    cli/reports cli/reports/words cli/reports/sweep
cli/reports/why: scenarios/text scenarios/settings scenarios/experiments cli/reports
    cli/reports/words cli/reports/page
cli/reports/sweep: scenarios/text scenarios/settings scenarios/experiments cli/reports
    cli/reports/words cli/reports/formats cli/reports/terminal
cli: scenarios/text scenarios/settings scenarios/manifests scenarios/experiments cli/reports
    cli/reports/words cli/reports/formats
cli/kubectl: sim sim/ground sim/cluster sim/simulate scenarios/text scenarios/settings
    scenarios/experiments cli
cli/commands: sim/ground strategies scenarios/text scenarios/settings scenarios/experiments cli cli/reports
    cli/reports/why cli/reports/sweep
cli/main: scenarios/text scenarios/experiments cli
'

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

# The room of a file of the tree.
function room_of(path,    folder, name) {
    folder = name = path
    sub("/[^/]*$", "", folder)
    sub(".*/", "", name)
    sub("[.].*", "", name)
    if (folder == "sim" && name ~ /^(contract|on|rules|share|time|wall_clock)$/) return "sim/ground"
    if (folder == "sim" && name ~ /^(simulate|world)$/) return "sim/simulate"
    if (folder == "cli" && name ~ /^(main|parse)$/) return "cli/main"
    return folder
}

BEGIN {
    count = split(ENVIRON["arrows"], lines, "\n")
    for (i = 1; i <= count; i++) {
        line = lines[i]
        if (line ~ /^[^ ]/) {
            from = line
            sub(":.*", "", from)
            known[from] = 1
            sub("^[^:]*:?", "", line)
        }
        rooms = split(line, names, " ")
        for (j = 1; j <= rooms; j++) may[from, names[j]] = 1
    }
}

FNR == 1 {
    folder = FILENAME
    sub("/.*", "", folder)
    room = room_of(FILENAME)
    beside = FILENAME
    sub("/[^/]*$", "", beside)
    if (folder != "tests" && !(room in known)) offence("no room of this name is in the table")
    runs_rollouts = FILENAME ~ /^scenarios\/(settings\/|experiments\/(replay|experiment|workers)[.])/
    pure = folder == "sim" || folder == "strategies"
    in_reports = FILENAME ~ /^cli\/(reports|kubectl)\//
}

{
    code = $0
    sub("//.*", "", code)
}

code ~ /std::(ranges::)?views|std::ranges::view_interface/ {
    offence("std::views does not compile with both compilers; use range-v3 or a loop")
}

code ~ /(^|[^a-z_])simulate\(/ && folder != "sim" && folder != "tests" {
    if (FILENAME != "scenarios/experiments/replay.cpp")
        offence("only scenarios/experiments/replay.cpp calls the engine, so that all reports are about one world")
}

code ~ /(^|[^a-z_])catch[ ]*\(/ && pure {
    offence("nothing in sim/ or strategies/ may throw what has to be caught")
}

code ~ /^[ \t]*#[ \t]*include/ {
    target = code
    quoted = target ~ /"/
    sub(/^[^"<]*["<]/, "", target)
    sub(/[">].*$/, "", target)

    if (!quoted || target ~ /^(range\/v3|CLI|nlohmann)\//) {
        if (target ~ /^(thread|mutex|condition_variable|future|fstream|iostream|filesystem|cstdio|locale)$/ && pure)
            offence("threads, files and locales live at the edge, not in sim/ and strategies/")
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
            offence("only reports, cli/kubectl and the tests may include nlohmann")
        if (target ~ /^(range\/v3|CLI|nlohmann)\//) next
    }

    if (quoted && target !~ /^(cli|sim|strategies|scenarios|tests)\//) target = beside "/" target
    target = normalised(target)
    to = target
    sub("/.*", "", to)
    if (to !~ /^(cli|sim|strategies|scenarios|tests)$/ || folder == "tests") next
    if (to == "tests") {
        offence("nothing includes tests/")
        next
    }
    to = room_of(target)
    if (to != room && !((room, to) in may)) offence(room " does not include " to)
    else if (folder == "strategies" && target !~ /^(strategies\/|sim\/(rollout|time|stateful_set|share|decision|judge|controller)[.])/)
        offence("strategies/ may see only the contract, time, share and stateful_set of sim/")
}

END { exit offences }
'

# A checker that finds nothing may be blind: it must first find each of these, and only these.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{sim/{cluster,metrics,attic},strategies,scenarios/{text,experiments},cli/{commands,reports/{formats,words}},tests}

cat >"$scratch/sim/clock.hpp" <<'BAD'
#include "strategies/rolling.hpp"
#include <range/v3/view/zip.hpp>
#include <ranges>
#include "sim/cluster/cluster.hpp"
#include "sim/time.hpp"
BAD
printf '#include "sim/facts.hpp"\n#include "sim/share.hpp"\n' >"$scratch/sim/time.hpp"
printf '#include "sim/facts.hpp"\n#include "sim/simulate.hpp"\n' >"$scratch/sim/cluster/cluster.hpp"
printf '#include "sim/cluster/cluster.hpp"\n' >"$scratch/sim/simulate.cpp"
printf '// a room that nobody has named\n' >"$scratch/sim/attic/lamp.hpp"
printf '#include <thread>\n#include <fstream>\n} catch (const Mistake&) {\n// catch (it) in words\n' >"$scratch/strategies/pass.cpp"
printf '#include <range/v3/view/zip.hpp>\n' >"$scratch/scenarios/experiments/experiment.cpp"
printf '#include <range/v3/view/zip.hpp>\n' >"$scratch/cli/reports/table.hpp"
cat >"$scratch/sim/metrics/cost.cpp" <<'BAD'
#include "../../scenarios/text/place.hpp"
#include "../clock.hpp"
#include "cost.hpp"
#include <range/v3/view/zip.hpp>
#include <range/v3/all.hpp>
auto even = numbers | std::views::filter(is_even);  // line 6
// std::views and #include "cli/run.hpp" in a comment are fine
BAD
cat >"$scratch/strategies/rolling.cpp" <<'BAD'
#include "sim/cluster/cluster.hpp"
#include "sim/rollout.hpp"
#include "strategies/rolling.hpp"
#include "rolling.hpp"
#include <scenarios/text/place.hpp>
#  include "../cli/run.hpp"
#include "sim/setup.hpp"
BAD
cat >"$scratch/scenarios/text/reader.cpp" <<'BAD'
#include "cli/run.hpp"
#include "sim/time.hpp"
#include <nlohmann/json.hpp>
#include "CLI/CLI.hpp"
#include "scenarios/experiments/experiment.hpp"
BAD
printf '#include <CLI/CLI.hpp>\n' >"$scratch/cli/flags.cpp"
printf 'auto world = simulate(setup);\n' >"$scratch/scenarios/experiments/replay.cpp"
cat >"$scratch/scenarios/experiments/why.cpp" <<'BAD'
auto world = simulate(setup);
auto sim = nothing_to_simulate(setup);  // a name that ends so is another
BAD
cat >"$scratch/cli/commands/run.cpp" <<'BAD'
#include <CLI/CLI.hpp>
#include "scenarios/text/reader.hpp"
#include <nlohmann/json.hpp>
#include "tests/helpers.hpp"
#include <range/v3/view.hpp>
#include "cli/main.hpp"
BAD
printf '#include <nlohmann/json.hpp>\n' >"$scratch/cli/reports/formats/json.cpp"
printf '#include "cli/reports/formats/json.hpp"\n' >"$scratch/cli/reports/words/verdict.cpp"
printf '#include "sim/clock.hpp"\n#include <nlohmann/json.hpp>\n' >"$scratch/tests/clock_test.cpp"

expected='cli/commands/run.cpp:1 cli/commands/run.cpp:3 cli/commands/run.cpp:4 cli/commands/run.cpp:5 cli/commands/run.cpp:6
cli/reports/table.hpp:1
cli/reports/words/verdict.cpp:1
scenarios/experiments/experiment.cpp:1
scenarios/experiments/why.cpp:1
scenarios/text/reader.cpp:1 scenarios/text/reader.cpp:2 scenarios/text/reader.cpp:3 scenarios/text/reader.cpp:4 scenarios/text/reader.cpp:5
sim/attic/lamp.hpp:1
sim/clock.hpp:1 sim/clock.hpp:2 sim/clock.hpp:2 sim/clock.hpp:3 sim/clock.hpp:4
sim/cluster/cluster.hpp:2
sim/metrics/cost.cpp:1 sim/metrics/cost.cpp:4 sim/metrics/cost.cpp:5 sim/metrics/cost.cpp:5 sim/metrics/cost.cpp:6
sim/time.hpp:1
strategies/pass.cpp:1 strategies/pass.cpp:2 strategies/pass.cpp:3
strategies/rolling.cpp:1 strategies/rolling.cpp:5 strategies/rolling.cpp:6 strategies/rolling.cpp:7'
if found=$(check "$scratch"); then
    echo "the checker accepts a tree of offences"
    exit 1
fi
if ! diff <(tr ' ' '\n' <<<"$expected") <(cut -d: -f1,2 <<<"$found"); then
    echo "the checker is blind (<) or sees ghosts (>)"
    exit 1
fi

check "${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}"
