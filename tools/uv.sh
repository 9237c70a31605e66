#!/bin/sh
# Make .venv and put into it the very uv that the lock file names.
# Needs Python 3.11 to 3.14 with its venv module, and nothing else.
set -eu

say() { printf '%s\n' "$*" >&2; }

python=""
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  say "Huiyin needs Python 3.11 to 3.14. Found: $(python3 --version 2>&1 || echo no python3)."
  say "If one is installed elsewhere, name it: PYTHON=/path/to/python3.12 make run"
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  say "This Python has no venv module. On Debian and Ubuntu install it with:"
  say "  apt-get install $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  exit 1
fi

version=$("$python" -c '
import tomllib
with open("uv.lock", "rb") as lock:
    print(next(p["version"] for p in tomllib.load(lock)["package"] if p["name"] == "uv"))')

# Without pip: to put it in takes three seconds of processor time, and uv installs everything else.
[ -x .venv/bin/python ] || "$python" -m venv --clear --without-pip .venv
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$version" ]; then
  say "Installing uv $version"
  if "$python" -c 'import sys, pip; sys.exit(int(pip.__version__.split(".")[0]) < 23)' 2>/dev/null; then
    "$python" -m pip --python .venv/bin/python install --quiet --no-compile --disable-pip-version-check "uv==$version"
  else
    .venv/bin/python -m ensurepip --upgrade >/dev/null
    .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check "uv==$version"
  fi
fi
