"""The offline bundle: made from uv.lock, checked, installed and run where there is no network."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
# A network namespace of its own, with loopback and without a route; whoever is not root takes a user namespace too.
_ALONE = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--net", "sh", "-euc"]

# Installs, loads the smallest county's sample, serves, and asks for health and a page; loopback is all there is.
_JOURNEY = """
ip link set lo up
test -z "$(ip route)"
./install.sh --prefix "$TARGET/program" --home "$TARGET/data" ${ROOT_USER:+--user root} --python "$PYTHON"
"$TARGET/program/bin/xianjie" demo --county qijiang
"$TARGET/program/bin/xianjie" backup -o "$TARGET/usb"
XIANJIE_HOME="$TARGET/drill" "$TARGET/program/bin/xianjie" restore "$TARGET"/usb/xianjie-*.zip
"$TARGET/program/bin/xianjie" serve --port 8501 >"$TARGET/server.log" 2>&1 &
server=$!
"$PYTHON" - <<'ASK'
import time, urllib.error, urllib.request
until = time.monotonic() + 90
while True:
    try:
        health = urllib.request.urlopen("http://127.0.0.1:8501/healthz").read().decode()
        break
    except urllib.error.URLError:
        if time.monotonic() > until:
            raise
        time.sleep(0.2)
print("HEALTH", health)
page = urllib.request.urlopen("http://127.0.0.1:8501/qijiang/funds").read().decode()
print("PAGE", "綦江区" in page, "window.__streamlit" in page)
ASK
kill $server
"""


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the bundle of the commit for the Python of the tests; wheels come from pip's cache, or from the network."""
    into = tmp_path_factory.mktemp("bundle")
    command = [sys.executable, str(ROOT / "deploy" / "bundle.py"), "--pythons", PYTHON, "--output", str(into)]
    done = subprocess.run([*command, "--no-archive"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, f"no bundle could be made:\n{done.stderr[-3000:]}"
    return Path(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_it_installs_and_runs_without_any_network(bundle: Path, tmp_path: Path) -> None:
    python = str(Path(sys.executable).resolve())
    done = subprocess.run(
        [*_ALONE, _JOURNEY],
        cwd=bundle,
        env={"PATH": os.environ["PATH"] + ":/usr/sbin", "HOME": str(tmp_path), "TARGET": str(tmp_path)}
        | {"PYTHON": python, "ROOT_USER": "yes" if os.geteuid() == 0 else ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert '"status":"ok"' in done.stdout
    assert "PAGE True True" in done.stdout
    assert "綦江区" in done.stdout  # the sample's county, with its rows
    for place in ("data", "drill"):  # the drill's own, although the settings name the other
        assert (tmp_path / place / "store.db").exists()


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """Lay out what the installer checks before it does anything, with all its sums."""
    folder = tmp_path / "bundle"
    shutil.copytree(ROOT / "deploy" / "bundle", folder)
    (folder / "wheels").mkdir()
    (folder / "wheels" / "some.whl").write_bytes(b"a wheel")
    for name, text in {"RELEASE": "xianjie-test", "PYTHONS": PYTHON, "MACHINE": os.uname().machine}.items():
        (folder / name).write_text(f"{text}\n")
    _summed(folder)
    return folder


def _summed(folder: Path) -> None:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "SHA256SUMS"]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def _refused(folder: Path, *options: str) -> str:
    """Run the installer, which must refuse and leave nothing; return what it says."""
    target = folder.parent / "target"
    command = [str(folder / "install.sh"), "--prefix", str(target), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert not target.exists()
    return done.stderr


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_file_that_is_not_as_it_was_made_stops_the_installation_and_is_named(shell: Path, damage: str) -> None:
    wheel = shell / "wheels" / "some.whl"
    if damage == "changed":
        wheel.write_bytes(b"another wheel")
    else:
        wheel.unlink()
    told = _refused(shell)
    assert "wheels/some.whl" in told
    assert "requirements" not in told
    assert "RELEASE" not in told  # which is whole


def test_a_machine_it_is_not_for_is_told_what_is_needed(shell: Path) -> None:
    (shell / "MACHINE").write_text("mips\n")
    _summed(shell)
    assert "Linux mips" in _refused(shell)


def test_a_python_it_has_no_packages_for_is_told(shell: Path) -> None:
    (shell / "PYTHONS").write_text("3.99\n")
    _summed(shell)
    assert "3.99" in _refused(shell)
    assert "3.99" in _refused(shell, "--python", sys.executable)


def test_its_help_says_every_option(shell: Path) -> None:
    told = subprocess.run([shell / "install.sh", "--help"], check=True, capture_output=True, text=True).stdout
    for option in ("--prefix", "--home", "--user", "--python", "--demo", "--systemd"):
        assert f"  {option}" in told
    assert "set -eu" not in told
