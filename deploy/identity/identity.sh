#!/bin/sh
# The identity provider canaille for a county that has none: accounts and passwords in one folder, OpenID Connect for the
# dashboard. Debian or Ubuntu with python3 3.11 or newer; docs/operations.md tells the rest.
#
#   deploy/identity/identity.sh install DIR PROVIDER DASHBOARD   environment, keys, database, client, DIR/secrets.toml
#   deploy/identity/identity.sh user DIR ACCOUNT NAME            a new account; its password is read from standard input
#   deploy/identity/identity.sh run DIR ADDRESS:PORT             serve, until stopped
#   deploy/identity/identity.sh environment VENV                 only the packages, for IDENTITY_VENV below
#
# PROVIDER and DASHBOARD are the addresses people use, such as https://id.county.example and https://xianjie.county.example.
# What is there already is left alone. IDENTITY_VENV: the environment, DIR/venv by default. IDENTITY_WHEELS: a folder with
# the wheels of requirements.txt, for a machine without a network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
umask 077

fail() {
    printf '\n*** %s\n' "$*" >&2
    exit 1
}

environment() {
    "$venv/bin/canaille" --version >/dev/null 2>&1 && return
    command -v python3 >/dev/null || fail "python3 is missing"
    python3 -m venv --clear "$venv" || fail "python3 -m venv failed: is the package python3-venv complete?"
    if [ -n "${IDENTITY_WHEELS:-}" ]; then
        set -- --no-index --find-links "$IDENTITY_WHEELS"
    else
        set --
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" -r "$here/requirements.txt" ||
        fail "pip could not install the packages of deploy/identity/requirements.txt"
}

secret() { "$venv/bin/python" -c 'import secrets; print(secrets.token_hex(32))'; }

# Ten hours: who signs in in the morning works until the evening, and nobody's rights outlive a day.
settings() {
    [ -s "$home/canaille.toml" ] && return
    scheme=${provider%%://*}
    cat >"$home/canaille.toml.new" <<TOML
SECRET_KEY = "$(secret)"
SERVER_NAME = "${provider#*://}"
PREFERRED_URL_SCHEME = "$scheme"
SESSION_COOKIE_SECURE = $([ "$scheme" = https ] && echo true || echo false)
OAUTH2_TOKEN_EXPIRES_IN = {authorization_code = 36000}
[CANAILLE]
NAME = "统一身份认证"
DATABASE = "sql"
ENABLE_REGISTRATION = false
[CANAILLE_SQL]
DATABASE_URI = "sqlite:///$home/canaille.db"
[CANAILLE_OIDC]
TRUSTED_DOMAINS = ["$(printf %s "${dashboard#*://}" | sed 's/:[0-9]*$//')"]
ACTIVE_JWKS = [$("$venv/bin/canaille" jwk create rsa --format toml 2>/dev/null)]
TOML
    mv "$home/canaille.toml.new" "$home/canaille.toml"
}

dashboard_settings() {
    [ -s "$home/secrets.toml" ] && return
    shared=$(secret)
    PROVISION_SECRET="$shared" PROVISION_DASHBOARD="$dashboard" "$venv/bin/python" "$here/provision.py" client
    cat >"$home/secrets.toml" <<TOML
[auth]
redirect_uri = "$dashboard/oauth2callback"
cookie_secret = "$(secret)"
[auth.id]
label = "统一身份认证"
label_en = "the county's accounts"
client_id = "xianjie"
client_secret = "$shared"
server_metadata_url = "$provider/.well-known/openid-configuration"
TOML
}

if [ "${1:-}" = environment ] && [ $# -eq 2 ]; then
    venv=$2
    environment
    exit
fi
[ $# -ge 3 ] || fail "usage: identity.sh install DIR PROVIDER DASHBOARD | user DIR ACCOUNT NAME | run DIR ADDRESS:PORT"
mkdir -p "$2"
home=$(cd "$2" && pwd)
venv=${IDENTITY_VENV:-$home/venv}
export CANAILLE_CONFIG="$home/canaille.toml"
case "$1" in
install)
    [ $# -eq 4 ] || fail "usage: identity.sh install DIR PROVIDER DASHBOARD"
    provider=${3%/} dashboard=${4%/}
    environment
    settings
    "$venv/bin/canaille" install >"$home/install.log" 2>&1 || { tail -n 5 "$home/install.log" >&2; fail "canaille install failed"; }
    dashboard_settings
    printf 'Ready. The dashboard reads %s/secrets.toml: XIANJIE_ACCESS=oidc STREAMLIT_SECRETS_FILES=%s/secrets.toml\n' "$home" "$home"
    ;;
user)
    [ $# -eq 4 ] || fail "usage: identity.sh user DIR ACCOUNT NAME (password on standard input)"
    "$venv/bin/python" "$here/provision.py" user "$3" "$4"
    ;;
run) exec "$venv/bin/canaille" run --bind "$3" ;;
*) fail "usage: identity.sh install|user|run DIR ..." ;;
esac
