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
export PYTHONDONTWRITEBYTECODE=1
unset HUIYIN_DATABASE_URL

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A test that hangs is ended, with where it hung printed, instead of holding up all others.
together=(-n 2 --timeout 300 --timeout-method thread)
all_parts=(format lint types imports sqlite postgresql browser)
read -r -a wanted <<<"${HUIYIN_PARTS:-${all_parts[*]}}"
summary=()
failed=0
left_out=0
passed_tests=0
failed_tests=0
skipped_tests=0

say() { printf '%s\n' "$*"; }

chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    type -P "$name" && return # a path: this function bears the name too
  done
  return 1
}

has_chinese_font() { [ -n "$(fc-list :lang=zh file 2>/dev/null | head -n 1)" ]; }

has_postgres() { python tools/private_postgres.py --check >/dev/null 2>&1; }

# Names of the Debian packages that tests need and this machine lacks.
missing_packages() {
  chromium >/dev/null || say chromium
  has_chinese_font || say fonts-noto-cjk fontconfig
  has_postgres || say postgresql
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

record() { summary+=("$(printf '%-12s %-9s %5ss  %s' "$1" "$2" "$3" "$4")"); }

leave_out() { # part, why
  left_out=$((left_out + 1))
  say "-- $1: left out, $2"
  record "$1" "left out" 0 "$2"
}

count() { # closing line, word -> how many
  grep -oE "[0-9]+ $2" <<<"$1" | head -n 1 | cut -d' ' -f1 || true
}

run() { # part, command…
  local part=$1 began=$SECONDS status=0 closing=""
  shift
  say "-- $part: $*"
  "$@" 2>&1 | tee "$work/$part" || status=${PIPESTATUS[0]}
  closing=$(grep -E '^=+ .*[0-9]+ (passed|failed|error|skipped|deselected).* in .*=+$' "$work/$part" | tail -n 1 || true)
  if [ -n "$closing" ]; then
    passed_tests=$((passed_tests + $(count "$closing" passed) + 0))
    failed_tests=$((failed_tests + $(count "$closing" failed) + $(count "$closing" error) + 0))
    skipped_tests=$((skipped_tests + $(count "$closing" skipped) + 0))
  fi
  if [ "$status" = 0 ]; then
    record "$part" passed $((SECONDS - began)) "$closing"
  else
    failed=$((failed + 1))
    record "$part" FAILED $((SECONDS - began)) "$closing"
  fi
}

part() {
  case $1 in
    format) run format ruff format --check . ;;
    lint) run lint ruff check . ;;
    types) run types mypy ;;
    imports) run imports lint-imports ;;
    sqlite) run sqlite pytest "${together[@]}" -m "not browser and not postgresql" ;;
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
        run browser pytest "${together[@]}" --timeout 900 --reruns 1 --only-rerun crashed -m browser
      fi
      ;;
    *) say "unknown part: $1" >&2; exit 2 ;;
  esac
}

install_missing
for name in "${wanted[@]}"; do part "$name"; done

say
say "part         result    time"
printf '%s\n' "${summary[@]}"
say "all          $SECONDS s"
if [ "$left_out" -gt 0 ]; then
  say "$left_out part(s) left out"
  [ "${HUIYIN_REQUIRE_ALL:-}" != 1 ] || failed=$((failed + left_out))
fi
say "tests: $passed_tests passed, $failed_tests failed, $skipped_tests skipped"
exit $((failed > 0))
