#!/usr/bin/env bash
# Formatting, lint, types and layers; everything is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
set +u; . ./env.sh; set -u
echo "[lint] ruff"
ruff format --check --quiet . || { ruff format --check .; exit 1; }
ruff check --quiet .
echo "[lint] clang-format"
git ls-files -co --exclude-standard '*.cpp' '*.hpp' | xargs -r clang-format --dry-run -Werror
echo "[lint] mypy --strict"
mypy src/aestream_core/aestream_core src/aestream_ros/aestream_ros src/aestream_driver/aestream_driver \
  src/aestream_gpu/aestream_gpu src/aestream_bridge/aestream_bridge src/aestream_snn/aestream_snn src/aestream/aestream \
  tools/fix_ros_wheels.py tools/fuzz.py
echo "[lint] layers"
lint-imports --no-logo >log/layers.txt || { cat log/layers.txt; exit 1; }
echo "[lint] all clean"
