#!/usr/bin/env bash
# Prometheus' own reader over the OpenMetrics report, where it is installed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cd "$root"
if ! command -v promtool >/dev/null; then
    echo "promtool is not installed: the OpenMetrics report was not checked with it"
    exit 77
fi
stratsim=${STRATSIM:-build/release/stratsim}
"$stratsim" compare --pods 4 --runs 20 --new errors=5% -o openmetrics | promtool check metrics --extended
