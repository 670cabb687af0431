#!/usr/bin/env bash
# Every test that this machine can run. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
set +u; . ./env.sh; set -u
echo "[test] running the tests of all packages (a few minutes on two cores)"
exec python -m pytest "$@"
