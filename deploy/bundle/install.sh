#!/bin/sh
# Installs Xianjie (衔接看板) from this folder, without any network; a newer bundle is installed the same way.
#
#   ./install.sh [--prefix DIR] [--home DIR] [--user NAME] [--python PROGRAM] [--demo] [--systemd]
#
#   --prefix DIR      the program                      root: /opt/xianjie       others: ~/xianjie
#   --home DIR        data, uploads, backups           root: /var/lib/xianjie   others: PREFIX/var
#   --user NAME       account that runs it, made if it is not there (root only; xianjie)
#   --python PROGRAM  Python to use; without it the newest one here that the bundle has packages for
#   --demo            load the marked sample data (示例数据) if the store is unused
#   --systemd         install the units, start port 8501 and the nightly timers, and link the command into
#                     /usr/local/bin (root only)
#
# Every file is compared with SHA256SUMS first. The running release is left as it is until the new one is complete.
set -eu
umask 022  # an administrator's own may keep the program from the account that runs it
here=$(cd "$(dirname "$0")" && pwd)

say() { printf '==> %s\n' "$*"; }
fail() {
    printf '\n*** %s\n' "$*" >&2
    exit 1
}
root() { [ "$(id -u)" -eq 0 ]; }

# ---- what was asked for ---------------------------------------------------------------------------------------------

if root; then prefix=/opt/xianjie home=/var/lib/xianjie user=xianjie; else prefix=$HOME/xianjie home='' user=$(id -un); fi
python='' demo='' systemd=''
while [ $# -gt 0 ]; do
    case "$1" in
    --prefix | --home | --user | --python)
        [ $# -ge 2 ] || fail "$1 后面要写一个值。 $1 needs a value."
        case "$1" in
        --prefix) prefix=$2 ;;
        --home) home=$2 ;;
        --user) root || fail "--user 需要 root 权限。 --user needs root."; user=$2 ;;
        --python) python=$2 ;;
        esac
        shift 2
        ;;
    --demo) demo=yes; shift ;;
    --systemd) root || fail "--systemd 需要 root 权限。 --systemd needs root."; systemd=yes; shift ;;
    -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p;/^set -eu/q' "$0" | sed '/^set -eu/d'; exit 0 ;;
    *) fail "不认识的选项 $1，见 ./install.sh --help。 Unknown option $1, see ./install.sh --help." ;;
    esac
done
home=${home:-$prefix/var}
# They are written into units and scripts.
case "$prefix$home$user" in *[!A-Za-z0-9._/-]*) fail "路径和账号只能用字母、数字和 . _ - /。 Folders and account: letters, digits, . _ - / only." ;; esac
case "$prefix" in /*) ;; *) prefix=$PWD/$prefix ;; esac
case "$home" in /*) ;; *) home=$PWD/$home ;; esac

# ---- the bundle is whole, and fits this machine -------------------------------------------------------------------------

cd "$here"
say "校验文件 checking files"
command -v sha256sum >/dev/null || fail "缺少 sha256sum（coreutils）。 sha256sum is missing (coreutils)."
changed=$(LC_ALL=C sha256sum --check --strict --quiet SHA256SUMS 2>/dev/null) ||
    fail "以下文件缺失或与发布时不同，未安装；请重新复制整个安装包：
    These files are missing or not as they were made; nothing was installed. Copy the bundle again:
$(printf '%s\n' "${changed:-SHA256SUMS}" | sed 's/: FAILED.*//; s/^/        /')"

release=$(cat RELEASE) pythons=$(cat PYTHONS) machine=$(cat MACHINE)
[ "$(uname -s) $(uname -m)" = "Linux $machine" ] ||
    fail "安装包用于 Linux $machine，本机是 $(uname -s) $(uname -m)。 The bundle is for Linux $machine, this is $(uname -s) $(uname -m)."

# fits PROGRAM: a Python with packages here, which the account may run too: one in root's own folder it may not
fits() {
    set -- "$(command -v "$1")"
    if root && [ "$user" != root ]; then set -- runuser -u nobody -- "$1"; fi
    found=$("$@" -c 'import sys, venv; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
    case " $pythons " in *" $found "*) return 0 ;; *) return 1 ;; esac
}
if [ -n "$python" ]; then
    fits "$python" || fail "$python 不能用：需要 Python $pythons，且账号 $user 可以运行。
    $python does not do: Python $pythons is needed, and the account $user must be able to run it."
else
    newest=$(printf 'python%s\n' $pythons | sort -t. -k2,2nr)
    # An administrator's own may come first on the path, and the system's do.
    for candidate in $newest python3 $(printf '/usr/bin/%s\n' $newest); do
        if fits "$candidate"; then python=$candidate; break; fi
    done
    [ -n "$python" ] || fail "没有可用的 Python：安装包含 Python $pythons 的依赖，本机有 $(python3 --version 2>&1 || true)，账号 $user 须能运行。可用 --python 指定。
    No Python that does: the bundle has packages for Python $pythons, and the account $user must be able to run it. Name one with --python."
fi
libc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/.* //') || libc=
[ -n "$libc" ] && [ "$(printf '%s\n2.28\n' "$libc" | sort -V | head -n 1)" = 2.28 ] ||
    fail "需要 glibc 2.28 或更新（Debian 10、openEuler 20.03、麒麟 V10 起），本机 ${libc:-无}。 glibc 2.28 or newer is needed, here is ${libc:-none}."

# ---- the program ----------------------------------------------------------------------------------------------------

if root && ! id "$user" >/dev/null 2>&1; then
    say "新建账号 $user creating the account"
    useradd --system --user-group --no-create-home --home-dir "$home" --shell /usr/sbin/nologin "$user"
fi
place=$prefix/releases/$release-$found
if [ ! -e "$place/complete" ]; then
    say "安装 $release（Python $found）到 $prefix installing"
    rm -rf "$place"  # of an installation that was cut off
    mkdir -p "$prefix/releases"
    # Without pip, which Debian's Python brings in a package of its own: the bundle's runs from its wheel.
    "$python" -m venv --without-pip "$place"
    pip=$(echo wheels/pip-*.whl)/pip
    PIP_CONFIG_FILE=/dev/null "$place/bin/python" "$pip" --isolated install --quiet --no-input --no-cache-dir \
        --disable-pip-version-check --no-compile --no-index --find-links wheels --require-hashes --only-binary :all: \
        --requirement requirements.txt || fail "依赖安装失败，原因见上。 The packages could not be installed, for the reason above."
    # By all processors, where pip takes one; files that are no Python of this version stand in some packages.
    "$place/bin/python" -m compileall -q -j 0 "$place/lib" >/dev/null || true
    : >"$place/complete"
fi

mkdir -p "$home"
chmod 750 "$home"
! root || chown "$user:" "$home"
settings=$prefix/xianjie.env
if [ ! -e "$settings" ]; then
    sed "s|^XIANJIE_HOME=.*|XIANJIE_HOME=$home|" xianjie.env >"$settings"
    ! root || { chown "root:$(id -gn "$user")" "$settings"; chmod 640 "$settings"; }  # it may come to hold a database's password
fi
mkdir -p "$prefix/bin"
sed "s|/opt/xianjie/|$prefix/|g; s|^user=xianjie$|user=$user|" xianjie.sh >"$prefix/bin/xianjie"
chmod 755 "$prefix/bin/xianjie"
rm -rf "$prefix/nginx" "$prefix/docs"
cp -R nginx docs "$prefix/"
sed -i "s|/opt/xianjie/|$prefix/|g" "$prefix/nginx/xianjie.conf"
# Until here nothing that runs has noticed.
ln -sfn "$place" "$prefix/.current" && mv -T "$prefix/.current" "$prefix/current"
"$prefix/bin/xianjie" plan list >/dev/null || fail "程序不能启动，原因见上。 The program does not start, for the reason above."

# ---- the machine ----------------------------------------------------------------------------------------------------

if [ -n "$demo" ]; then
    say "导入示例数据 loading the sample data"
    "$prefix/bin/xianjie" demo --if-unused
fi
if [ -n "$systemd" ]; then
    linked=/usr/local/bin/xianjie
    if [ -e "$linked" ] && [ ! -L "$linked" ]; then
        say "$linked 是别的文件，保留 is another file and stays"
    else
        mkdir -p "${linked%/*}"
        ln -sfn "$prefix/bin/xianjie" "$linked"
    fi
    for unit in systemd/*; do
        sed "s|/opt/xianjie/|$prefix/|g; s|/var/lib/xianjie|$home|g; s|^User=xianjie$|User=$user|; s|^Group=xianjie$|Group=$user|" "$unit" \
            >"/etc/systemd/system/${unit#systemd/}"
    done
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        systemctl enable --now xianjie-backup.timer xianjie-restart.timer
        systemctl enable xianjie@8501
        systemctl restart 'xianjie@*' xianjie@8501
    else
        say "systemd 未在运行，单元文件已放好 systemd does not run here; the units are in place"
    fi
fi
started="$prefix/bin/xianjie serve"
[ -z "$systemd" ] || started="systemctl status xianjie@8501"
say "完成 done: $release"
cat <<NEXT
    命令 command      $prefix/bin/xianjie --help
    启动 start        $started
    检查 is it up     curl http://127.0.0.1:8501/healthz
    数据 data         $home
    设置 settings     $settings
    说明 manual       $prefix/docs/operations.md
NEXT
