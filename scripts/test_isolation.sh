#!/usr/bin/env bash
# Check that no tenant sees another one's logs. Needs a running `make run`. The exit code is 0 if none does, 1 if one
# does, 2 if that could not be checked.
#   scripts/test_isolation.sh [TENANT …]     (tenant-1 tenant-2 tenant-3)
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || { echo "nothing is installed yet; run: make run" >&2; exit 2; }
exec .venv/bin/python -m scripts.isolation "$@"
