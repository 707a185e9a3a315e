"""The units are ones that systemd takes."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.iterdir()))
def test_systemd_finds_nothing_wrong(unit: str, tmp_path: Path) -> None:
    for path in UNITS.iterdir():
        # The program is not installed here, and systemd looks for it.
        text = path.read_text("utf-8").replace("/opt/xianjie/current/bin/xianjie", "/bin/true")
        (tmp_path / path.name.replace("@", "@8501" if path.name == unit else "@")).write_text(text, "utf-8")
    chosen = tmp_path / unit.replace("@", "@8501")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", chosen], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
