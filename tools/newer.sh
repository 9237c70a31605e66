#!/usr/bin/env bash
# The newest Django that the lock file has, on the newest Python here that it runs on: checked with
# warnings of what is deprecated as errors, and one test in fifty, always the same ones, on SQLite.
#
#   tools/newer.sh --find   print that Python, or fail
#   PYTHON_NEWER=/path/to/python3.14 tools/newer.sh   with this one
set -euo pipefail
cd "$(dirname "$0")/.."
export UV_PROJECT_ENVIRONMENT=.cache/newer UV_PYTHON_DOWNLOADS=never

python=""
for candidate in ${PYTHON_NEWER:-} python3.14 python3.13 python3.12 \
  "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.{14,13,12}*/bin/python3; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 12) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { echo "no Python 3.12 to 3.14 here" >&2; exit 1; }
if [ "${1:-}" = --find ]; then
  echo "$python"
  exit
fi

.venv/bin/uv sync --quiet --frozen --extra solver --no-group lts --group newer --python "$python"
# shellcheck disable=SC2155  # a new folder each time
export HUIYIN_VAR=$(mktemp -d)
trap 'rm -rf "$HUIYIN_VAR"' EXIT
newer=.cache/newer/bin
"$newer/python" -c 'import django, sys; print("Python", sys.version.split()[0], "Django", django.__version__)'
for command in "check" "makemigrations --check --dry-run"; do
  # shellcheck disable=SC2086  # words of a command
  "$newer/python" -W error::DeprecationWarning -W error::PendingDeprecationWarning manage.py $command
done
# pyproject.toml makes every warning of a test an error.
"$newer/pytest" -p no:cacheprovider -p no:xdist --sample 50 -m "not browser and not postgresql" --timeout 300
