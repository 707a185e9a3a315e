#!/bin/sh
# Puts in place what a command of the Makefile needs, on Debian or Ubuntu with git, make and python3.
#
#   deploy/setup.sh run     uv, and the Python packages of uv.lock
#   deploy/setup.sh test    the same, and what tests need: Chromium, a Chinese font, PostgreSQL's server programs,
#                           LibreOffice and poppler, with which documents are printed and read again, nginx, openssl,
#                           ip and systemd-analyze for what stands around a county's server, and the identity provider
#                           tests sign in with
#
# What is there already is left alone and nothing is asked, so that a second call takes no time.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.tools/bin:$PATH"

# A network with a certificate authority of its own has told the system, not pip and uv.
bundle=/etc/ssl/certs/ca-certificates.crt
if [ -s "$bundle" ]; then
    export SSL_CERT_FILE="${SSL_CERT_FILE:-$bundle}" PIP_CERT="${PIP_CERT:-$bundle}"
fi

say() { printf '==> %s\n' "$*"; }
fail() {
    printf '\n*** %s\n' "$*" >&2
    exit 1
}

root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "neither root nor sudo: ask an administrator to run: $*"
    fi
}

updated=
# packages NAME... : install system packages, or say which are missing
packages() {
    command -v apt-get >/dev/null || fail "no apt-get here; install by hand: $*"
    say "installing system packages: $*"
    if [ -z "$updated" ]; then
        root apt-get update -qq || fail "apt-get update failed; needed are: $*"
        updated=yes
    fi
    root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >.setup.log 2>&1 ||
        { tail -n 20 .setup.log >&2; fail "could not install: $*"; }
    rm -f .setup.log
}

python_environment() {
    command -v python3 >/dev/null || packages python3
    # A uv on the path may be a stub that only names versions; one that answers is enough.
    if ! uv --version >/dev/null 2>&1; then
        # Debian ships python3 without what makes an environment.
        python3 -c 'import ensurepip, venv' 2>/dev/null || packages python3-venv
        say "installing uv into .tools/"
        python3 -m venv --clear .tools || fail "python3 -m venv failed: is the package python3-venv complete?"
        .tools/bin/python -m pip install --quiet --disable-pip-version-check uv || fail "pip could not install uv"
    fi
    [ -d .venv ] || say "installing Python packages into .venv/"
    # uv finds a Python by itself and fetches one where the system's is older than 3.11.
    uv sync --frozen --quiet || fail "uv could not install the packages of uv.lock, for the reason above (Python 3.11 or newer is needed; the system has $(python3 --version))"
}

browser() {
    for name in "${CHROMIUM:-}" chromium google-chrome google-chrome-stable chromium-browser; do
        # Ubuntu's chromium-browser is a stub for a snap, which containers cannot run: only one that answers counts.
        [ -n "$name" ] && command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1 && return
    done
    uv run --no-sync python - <<'PYTHON' && return
from pathlib import Path
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    raise SystemExit(not Path(playwright.chromium.executable_path).exists())
PYTHON
    if [ "$(. /etc/os-release && echo "$ID")" = debian ]; then
        packages chromium
    else
        say "installing Chromium with Playwright"
        uv run --no-sync playwright install --with-deps chromium </dev/null || fail "could not install: chromium"
    fi
}

test_programs() {
    browser
    [ -x .tools/identity/bin/canaille ] || say "installing the identity provider into .tools/identity/"
    deploy/identity/identity.sh environment .tools/identity
    missing=
    ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
    # Without the office's own windows: a fifth of the size.
    for part in writer:libswlo.so impress:libsdlo.so; do
        ls /usr/lib/libreoffice/program/"${part#*:}" >/dev/null 2>&1 || missing="$missing libreoffice-${part%:*}-nogui"
    done
    command -v pdftotext >/dev/null || missing="$missing poppler-utils"
    # It stands where only root looks by itself.
    PATH="$PATH:/usr/sbin" command -v nginx >/dev/null || missing="$missing nginx-light"
    command -v openssl >/dev/null || missing="$missing openssl"
    PATH="$PATH:/usr/sbin" command -v ip >/dev/null || missing="$missing iproute2"
    command -v systemd-analyze >/dev/null || missing="$missing systemd"
    # shellcheck disable=SC2086 # one word per package
    [ -z "$missing" ] || packages $missing
}

case "${1:-}" in
run) python_environment ;;
test)
    python_environment
    test_programs
    ;;
*) fail "usage: deploy/setup.sh run|test" ;;
esac
