#!/usr/bin/env bash
# Every check and every test, each timed, with a summary at the end; `make test` calls it.
#
#   HUIYIN_REQUIRE_ALL=1   a part that is left out counts as a failure (what .ci/run sets)
#   HUIYIN_PARTS="types imports"   only these parts (for whoever mends one of them)
#
# On Debian or Ubuntu as root it installs the system packages that tests need; elsewhere it says
# which are missing and what is then not tested.
set -euo pipefail
cd "$(dirname "$0")/.."

export PATH="$PWD/.venv/bin:$PATH"
unset HUIYIN_DATABASE_URL
# Each worker and each of the hundreds of processes that tests start would compile everything anew.
unset PYTHONDONTWRITEBYTECODE

work=$(mktemp -d)
set -m # each part in the background is a group of processes, ended as one
# shellcheck disable=SC2317,SC2329  # called by the trap
end() {
  local group
  for group in $(jobs -p); do kill -- "-$group" 2>/dev/null || true; done
  rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A test that hangs is ended, with where it hung printed, instead of holding up all others.
# Whichever process is idle takes half of what the other has left: both end at the same time.
together=(-n 2 --dist worksteal --timeout 300 --timeout-method thread
  --durations 20 --durations-min 0.5)
all_parts=(format lint types imports dependencies newer sqlite postgresql browser)
read -r -a wanted <<<"${HUIYIN_PARTS:-${all_parts[*]}}"

say() { printf '%s\n' "$*"; }

chromium() {
  local name
  # the shell without windows is the same engine and takes two thirds of the processor time
  for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    type -P "$name" && return # a path: this function bears the name too
  done
  return 1
}

has_chinese_font() { [ -n "$(fc-list :lang=zh file 2>/dev/null | head -n 1)" ]; }

# LibreOffice and poppler, by which documents are looked at.
has_rendering() { type -P soffice >/dev/null && type -P pdftoppm >/dev/null; }

has_postgres() { python tools/private_postgres.py --check >/dev/null 2>&1; }

# Names of the Debian packages that tests need and this machine lacks.
missing_packages() {
  chromium >/dev/null || say chromium-headless-shell
  has_chinese_font || say fonts-noto-cjk fontconfig
  has_postgres || say postgresql
  has_rendering || say libreoffice-writer libreoffice-calc poppler-utils
}

install_missing() {
  local missing
  missing=$(missing_packages | xargs)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing $missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # a list of names
    { apt-get update && apt-get install --yes --no-install-recommends $missing; } \
      >"$work/apt" 2>&1 || tail -n 20 "$work/apt"
  fi
  missing=$(missing_packages | xargs)
  [ -z "$missing" ] || say "Missing here, by their names in Debian: $missing"
}

# A part leaves its line of the summary in a file, so that parts may run beside one another.
record() { # part, result, seconds, words
  printf '%-12s %-9s %5ss  %s\n' "$1" "$2" "$3" "$4" >"$work/$1.line"
}

leave_out() { # part, why
  say "-- $1: left out, $2"
  record "$1" "left out" 0 "$2"
}

count() { # word -> how many of all closing lines
  { cat "$work"/*.line; } | grep -oE "[0-9]+ $1" | awk '{ sum += $1 } END { print sum + 0 }'
}

run() { # part, command…
  local part=$1 began=$SECONDS status=0 closing=""
  shift
  say "-- $part: $*"
  if [ "$BASHPID" = $$ ]; then
    "$@" 2>&1 | tee "$work/$part" || status=${PIPESTATUS[0]}
  else # what runs in the background is shown whole, when it has ended
    "$@" >"$work/$part" 2>&1 || status=$?
    cat "$work/$part"
  fi
  closing=$(grep -E '^=+ .*[0-9]+ (passed|failed|errors?|skipped|deselected).* in .*=+$' "$work/$part" | tail -n 1 || true)
  if [ "$status" = 0 ]; then
    record "$part" passed $((SECONDS - began)) "$closing"
  else
    record "$part" FAILED $((SECONDS - began)) "$closing"
  fi
}

part() {
  case $1 in
    format) run format ruff format --check . ;;
    lint) run lint ruff check . ;;
    types) run types mypy ;;
    imports) run imports lint-imports ;;
    dependencies) run dependencies deptry huiyin ;;
    newer)
      if bash tools/newer.sh --find >/dev/null 2>&1; then
        run newer bash tools/newer.sh
      else # no package of Debian 12 brings one, so no gate can ask for it
        say "-- newer: not run, no Python 3.12 to 3.14 here"
        record newer "not run" 0 "no Python 3.12 to 3.14 here: nothing is run on Django 6.1"
      fi
      ;;
    sqlite)
      if has_rendering; then
        run sqlite pytest "${together[@]}" -m "not browser and not postgresql"
      else
        leave_out rendering "no LibreOffice or no poppler: documents are not looked at"
        run sqlite pytest "${together[@]}" -m "not browser and not postgresql and not rendering"
      fi
      ;;
    postgresql)
      if has_postgres; then
        run postgresql python tools/private_postgres.py -- \
          pytest "${together[@]}" -m "not browser"
      else
        leave_out postgresql "no PostgreSQL server: nothing is tested on PostgreSQL"
      fi
      ;;
    browser)
      if ! HUIYIN_CHROMIUM=$(chromium); then
        leave_out browser "no Chromium: no page is opened in a browser"
      elif ! has_chinese_font; then
        leave_out browser "no Chinese font: pages would be looked at without their letters"
      else
        export HUIYIN_CHROMIUM
        # a browser that hangs is ended with its process and asked once more; what fails has failed
        run browser pytest "${together[@]}" --timeout 420 --reruns 1 --only-rerun crashed -m browser tests/browser
      fi
      ;;
  esac
}

# Of the parts that are wanted: whether this one is.
is_wanted() { [[ " ${wanted[*]} " == *" $1 "* ]]; }

parts() { for name in "$@"; do ! is_wanted "$name" || part "$name"; done; }

for name in "${wanted[@]}"; do
  [[ " ${all_parts[*]} " == *" $name "* ]] || { say "unknown part: $name" >&2; exit 2; }
done

# What reads the code runs beside the first tests; the browser waits much, so PostgreSQL's tests
# run beside it. What each part says is printed when it ends, whole.
install_missing
parts format lint types imports dependencies newer &
parts sqlite
wait
parts postgresql &
parts browser
wait

failed=$(cat "$work"/*.line | grep -c ' FAILED ' || true)
left_out=$(cat "$work"/*.line | grep -c ' left out ' || true)
say
say "part         result    time"
for name in "${wanted[@]}"; do cat "$work/$name.line"; done
say "all          $SECONDS s"
if [ "$left_out" -gt 0 ]; then
  say "$left_out part(s) left out"
  [ "${HUIYIN_REQUIRE_ALL:-}" != 1 ] || failed=$((failed + left_out))
fi
say "tests: $(count passed) passed, $(($(count failed) + $(count error))) failed, $(count skipped) skipped"
exit $((failed > 0))
