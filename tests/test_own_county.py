"""A county that is not among the program's: the example of the manual, in the folder of a deployment."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data import registry
from data.registry import RegistryError

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "example-county"
FUNDS = """2024年5月衔接资金支出情况表
县区,县区或乡镇代码,层级,资金名称,到位资金（万元）,累计支出（万元）
元谋县,532328,中央,衔接资金,3200,1500
元谋县,532328,省级,衔接资金,1800,700
"""


def command(home: Path, *arguments: str, status: int = 0, **variables: str) -> str:
    """Run the command in a process of its own, as what is read of a county is kept for the life of one."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=os.environ | {"XIANJIE_HOME": str(home), "XIANJIE_ACTOR": "a tester"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if status == 0 else done.stderr


@pytest.fixture
def deployment(home: Path) -> Path:
    shutil.copytree(EXAMPLE, home, dirs_exist_ok=True)
    return home


def test_the_example_is_complete_and_takes_a_file(deployment: Path, tmp_path: Path) -> None:
    (found,) = json.loads(command(deployment, "counties", "--json"))
    assert (found["slug"], found["indicators"], found["townships"], found["villages"]) == ("yuanmou", 3, 10, 77)
    assert found["problems"] == []
    file = tmp_path / "资金支出表.csv"
    file.write_text(FUNDS, "utf-8")
    command(deployment, "import", str(file), "--county", "yuanmou")
    shown = command(deployment, "progress", "--county", "yuanmou", "--as-of", "2024-05-31")
    assert "应达 41.7%，实际 44%，超 2.3 个百分点" in shown


def test_what_is_missing_is_said_in_a_line_each(deployment: Path) -> None:
    shutil.rmtree(deployment / "regions")
    shutil.rmtree(deployment / "plans")
    told = command(deployment, "counties", status=1)
    assert "yuanmou-example" in told
    assert "regions/532328.csv" in told


def test_a_registry_with_mistakes_stops_every_command_with_a_sentence(deployment: Path) -> None:
    file = deployment / "counties.yaml"
    text = file.read_text("utf-8")
    for wrong, said in (
        (text.replace("'532328'", "53"), "yuanmou › code"),
        (text + text.split("counties:\n")[1], "slug 重复"),
        (text.replace("counties:", "counties: ["), "counties.yaml"),
    ):
        file.write_text(wrong, "utf-8")
        told = command(deployment, "counties", status=1)
        assert said in told
        assert str(file) in told


def test_a_process_is_told_its_counties(monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry.here() == registry.counties()
    monkeypatch.setenv("XIANJIE_COUNTIES", "mouding, 500113 mouding")
    assert [one.slug for one in registry.here()] == ["mouding", "banan"]
    monkeypatch.setenv("XIANJIE_COUNTIES", "mouding,nowhere")
    with pytest.raises(RegistryError, match=r"XIANJIE_COUNTIES.*nowhere"):
        registry.here()
