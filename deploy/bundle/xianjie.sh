#!/bin/sh
# The xianjie command with this machine's settings, as the account that owns the data. What the caller has set already
# holds, be it empty: so a drill names another place.
set -eu
user=xianjie
if [ "$(id -u)" -eq 0 ] && [ "$user" != root ]; then
    HOME=$(getent passwd "$user" | cut -d: -f6)  # Streamlit looks there, and where it is started: not into root's own
    export HOME
    exec runuser -u "$user" -- "$0" "$@"
fi
[ -x . ] || cd /
settings=/opt/xianjie/xianjie.env
[ -r "$settings" ] || {
    echo "无法读取 $settings：请用 root 或账号 $user 运行。 $settings cannot be read: run this as root or as $user." >&2
    exit 1
}

# Line by line as systemd reads the file: nothing in it is evaluated, the last of a name holds.
read_here=' '
while IFS= read -r line || [ -n "$line" ]; do
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    name=${line%%=*} value=${line#*=}
    case $name in '' | "$line" | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
    case $read_here in *" $name "*) ;; *) ! printenv "$name" >/dev/null || continue ;; esac
    case $value in \"*\" | \'*\') value=${value#?} value=${value%?} ;; esac
    export "$name=$value"
    read_here="$read_here$name "
done <"$settings"
exec /opt/xianjie/current/bin/xianjie "$@"
