"""What an office sends unless it chooses: a dozen pages of paper at most, with what is worst, without annexes."""

import re
import shutil
import subprocess

import pytest
from support.demo import sample_home
from support.occasions import OCCASIONS, Kit
from typer.testing import CliRunner

from cli import app
from data.briefing import word
from data.briefing.compose import FULL, SECTIONS, USUAL, compose, section_names, usual_told
from data.briefing.issuer import issuer
from data.briefing.model import Chart, Map, Paragraph, Table

PLANS = ("banan-2023", "wanzhou-2021-2025")


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return Kit(sample_home(tmp_path_factory))


@pytest.fixture(scope="module")
def printed(kit, tmp_path_factory):
    """Return the pages of the usual bulletins, all printed by one start of another program."""
    soffice = shutil.which("soffice")
    assert soffice, "install libreoffice-writer-nogui (deploy/setup.sh test)"
    folder = tmp_path_factory.mktemp("usual")
    for plan in PLANS:
        facts = kit.facts(plan)
        said = compose(facts, issuer=issuer(facts.county, facts.plan), dated=facts.as_of)
        word.write(said, facts.boundaries, folder / f"{plan}.docx")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *folder.glob("*.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return {plan: len(re.findall(rb"/Type\s*/Page\b", (folder / f"{plan}.pdf").read_bytes())) for plan in PLANS}


@pytest.mark.parametrize("plan", PLANS)
def test_it_is_printed_on_six_to_eleven_pages(printed, plan):
    assert 6 <= printed[plan] <= 11


@pytest.mark.parametrize("plan", OCCASIONS)
def test_it_has_one_chart_of_the_worst_and_one_map_and_no_annex(kit, plan):
    said = compose(kit.facts(plan))
    assert said.annex == 0
    areas = next((s for s in said.sections if s.id == "areas"), None)
    assert areas is not None
    drawn = [block for part in areas.walk() for block in part.blocks if isinstance(block, Chart | Map)]
    assert len(drawn) <= 1
    assert not [block for part in areas.walk() for block in part.blocks if isinstance(block, Table)]
    maps = [block for part in said.walk() for block in part.blocks if isinstance(block, Map)]
    assert len(maps) <= 1


@pytest.mark.parametrize("plan", PLANS)
def test_a_choice_of_townships_changes_lists_and_no_count(kit, plan):
    facts = kit.facts(plan)
    town = next(code for code in facts.regions["code"] if code.endswith("000") and not code.endswith("000000"))
    parts = ("ranking", "problems", "tasks")
    whole, narrowed = compose(facts, sections=parts), compose(facts, sections=parts, towns=(town,))
    assert [s.message for s in narrowed.sections] == [s.message for s in whole.sections]
    for section in ("problems", "tasks"):
        said = [[b.text for b in s.blocks if isinstance(b, Paragraph)] for x in (whole, narrowed)
                for s in x.sections if s.id == section]  # fmt: skip
        assert said[0] == said[1]


def test_what_is_usual_is_told_on_the_page_and_by_the_command():
    names = section_names("zh")
    told = usual_told("zh")
    assert told.startswith("默认内容：总体进展、")
    assert all(names[name] in told for name in FULL if name != "areas")
    assert set(USUAL) | set(FULL) == set(SECTIONS)
    shown = CliRunner().invoke(app, ["brief", "--help"], env={"COLUMNS": "200"}).stdout
    assert all(name in shown for name in SECTIONS)
    # How many pages follows from the lists: what is said of them must hold for any county.
    assert "pages" not in shown
    assert "页" not in told
