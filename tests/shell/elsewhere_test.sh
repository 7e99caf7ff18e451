#!/usr/bin/env bash
# The reports of other people's manifests name the same causes, too: STRATSIM_MANIFESTS is the
# directory of these.
set -euo pipefail

if [[ -z ${STRATSIM_MANIFESTS:-} ]]; then
    echo "not run: STRATSIM_MANIFESTS names no directory of manifests"
    exit 77
fi
exec "${UNIT_TESTS:?names the program of the tests}" --no-skip \
    --test-case="all reports of other manifests name the same cause"
