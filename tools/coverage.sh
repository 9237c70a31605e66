#!/usr/bin/env bash
# Branch coverage of the tests that run on SQLite, with the lines that none of them reaches;
# `make coverage` calls it. It fails below the floor in pyproject.toml (fail_under).
#
#   tools/coverage.sh tests/parts/cases   some of the tests: the figure is shown, the floor is not asked
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
unset HUIYIN_DATABASE_URL

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export COVERAGE_FILE="$work/coverage"

status=0
pytest -n 2 --dist worksteal -q -m "not browser and not postgresql" \
  --cov --cov-report= --cov-fail-under=0 "$@" || status=$?

floor=$(python -c 'import tomllib
print(tomllib.load(open("pyproject.toml", "rb"))["tool"]["coverage"]["report"]["fail_under"])')
if [ $# -gt 0 ]; then
  coverage report --fail-under=0
  echo "coverage of these tests: $(coverage report --fail-under=0 --precision=1 --format=total)%"
  exit "$status"
fi
coverage report --show-missing --fail-under=0
total=$(coverage report --fail-under=0 --precision=1 --format=total)
echo "branch coverage: $total% (floor $floor%, pyproject.toml; raise it to ${total%.*} where that is more)"
coverage report --format=total >/dev/null || { echo "below the floor"; status=1; }
exit "$status"
