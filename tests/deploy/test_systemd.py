"""The units are ones that systemd takes, and leave the program no more of the machine than it needs."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
# What `systemd-analyze security` may find open, of 10: who restarts the others is root, the others are nobody.
EXPOSED = {"xianjie@.service": 2.0, "xianjie-backup.service": 2.0, "xianjie-restart.service": 4.0}


@pytest.fixture(scope="module")
def analyze() -> str:
    """Return the program; that it is missing is a fault of the machine, not a reason to leave the units unread."""
    found = shutil.which("systemd-analyze")
    assert found, "systemd-analyze is not on the path: deploy/setup.sh test installs it (Debian's package systemd)"
    return found


def written(folder: Path, unit: str) -> Path:
    """Write all units as the installer would, but for the program, which systemd looks for; return one of them."""
    for path in UNITS.iterdir():
        text = path.read_text("utf-8").replace("/opt/xianjie/current/bin/xianjie", "/bin/true")
        (folder / path.name.replace("@", "@8501" if path.name == unit else "@")).write_text(text, "utf-8")
    return folder / unit.replace("@", "@8501")


def told(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.iterdir()))
def test_systemd_finds_nothing_wrong(analyze: str, unit: str, tmp_path: Path) -> None:
    assert told(analyze, "verify", "--man=no", written(tmp_path, unit)) == (0, "")


@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.glob("*.service")))
def test_a_unit_leaves_little_open(analyze: str, unit: str, tmp_path: Path) -> None:
    most = f"--threshold={EXPOSED[unit] * 10:.0f}"
    code, said = told(analyze, "security", "--offline=yes", "--no-pager", most, written(tmp_path, unit))
    assert "Overall exposure level" in said, said
    assert code == 0, said
