"""`xianjie brief` and `xianjie history --code`: what a nightly job and the next reader of a document call."""

import json
import re
import shutil
from pathlib import Path

import docx
import pytest
from support.demo import sample_home
from typer.testing import CliRunner, Result

from cli import app
from data.briefing.compose import compose
from data.briefing.facts import Since, from_store
from data.briefing.files import FORMATS, file_name, trouble, write_whole
from data.plan import load_plan
from data.registry import county
from data.store import open_store

PLACE = county("qijiang")
DAY = "2023-06-30"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_home(tmp_path_factory, "qijiang")


@pytest.fixture
def home(home: Path, loaded: Path) -> Path:
    shutil.copy(loaded / "store.db", home / "store.db")
    return home


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def newest(result: Result) -> dict:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_format_in_both_languages(home: Path, tmp_path: Path, form: str, lang: str) -> None:
    out = tmp_path / f"out.{FORMATS[form].ending}"
    told = newest(run("brief", "-c", "qijiang", "--format", form, "-o", out, "--lang", lang, "--json"))
    assert told["file"] == str(out)
    assert told["bytes"] == out.stat().st_size > 5_000
    assert re.fullmatch(r"qijiang-\d+", told["code"])


def test_the_code_of_a_document_finds_what_it_rests_on(home: Path, tmp_path: Path) -> None:
    told = newest(run("brief", "-c", "qijiang", "--format", "html", "-o", tmp_path / "a.html", "--json"))
    before = newest(run("history", "-c", "qijiang", "--json"))
    assert newest(run("history", "--code", told["code"], "--json")) == before
    assert newest(run("history", "--code", "qijiang-1", "--json")) == [b for b in before if b["version"] <= 1]
    assert run("history", "--code", "31").exit_code == 2
    assert run("history", "--code", told["code"], "-c", "banan").exit_code == 2
    assert run("history").exit_code == 2


def test_compared_with_a_meeting_by_its_number(home: Path, tmp_path: Path) -> None:
    store = open_store()
    days = sorted(set(store.measures(PLACE.code, PLACE.plans[0])["as_of"].dt.date))
    assert run("snapshot", "add", "-c", "qijiang", "--as-of", days[-3], "--name", "六月调度会").exit_code == 0
    out = tmp_path / "a.html"
    newest(run("brief", "-c", "qijiang", "--format", "html", "-o", out, "--since", "s1", "--json"))
    assert "六月调度会" in out.read_text("utf-8")
    assert run("brief", "-c", "qijiang", "--format", "html", "-o", out, "--since", "s9").exit_code == 2


def test_what_cannot_be_made_is_said(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.html"
    common = ("brief", "--format", "html", "-o", out)
    early = run(*common, "-c", "qijiang", "--as-of", "1999-01-01")
    assert early.exit_code == 1
    assert "1999-01-01 及以前没有数据" in early.stderr
    assert run(*common, "-c", "banan").exit_code == 1  # no data at all
    days = sorted(set(open_store().measures(PLACE.code, PLACE.plans[0])["as_of"].dt.date))
    for since in (days[-1], days[-2]):  # nothing is compared with itself, nor with what came later
        late = run(*common, "-c", "qijiang", "--as-of", days[-2], "--since", since)
        assert late.exit_code == 1
        assert f"对比时点（{since}）须早于数据截至日期（{days[-2]}）" in late.stderr
    assert run(*common, "-c", "qijiang", "--plan", "banan-2023").exit_code == 2
    assert run(*common, "-c", "qijiang", "--section", "weather").exit_code == 2
    assert run(*common, "-c", "qijiang", "--township", "别镇").exit_code == 2
    assert run(*common, "-c", "qijiang", "--template", __file__).exit_code == 2
    assert not out.exists()


def test_of_a_date_between_two_the_one_before_is_taken_and_said(home: Path, tmp_path: Path) -> None:
    store = open_store()
    days = sorted(set(store.measures(PLACE.code, PLACE.plans[0])["as_of"].dt.date))
    asked = days[-1].replace(year=days[-1].year + 1)
    result = run("brief", "-c", "qijiang", "--format", "html", "-o", tmp_path / "a.html", "--as-of", asked)
    assert result.exit_code == 0
    assert f"{asked} 没有数据，取 {days[-1]} 的数据。" in result.stderr


def test_what_was_known_at_a_version_is_what_is_told(home: Path) -> None:
    store, plan = open_store(), load_plan(PLACE.plans[0])
    day = max(store.measures(PLACE.code, plan.id)["as_of"].dt.date)
    now = from_store(store, PLACE, plan, day)
    then = from_store(store, PLACE, plan, day, version=store.version(PLACE.code))
    assert compose(now).sections == compose(then).sections
    assert from_store(store, PLACE, plan, day, Since(day.replace(day=1))).since is not None


def test_files_are_named_after_plan_and_date_and_marked(home: Path) -> None:
    store, plan = open_store(), load_plan(PLACE.plans[0])
    day = max(store.measures(PLACE.code, plan.id)["as_of"].dt.date)
    name = file_name(from_store(store, PLACE, plan, day), "docx")
    assert name.startswith("示例数据_")
    assert name.endswith(f"_{day}_Word 通报.docx")


def test_the_county_s_own_template_is_written_into(home: Path, tmp_path: Path) -> None:
    own = home / "templates" / "qijiang.docx"
    own.parent.mkdir()
    letter = docx.Document()
    letter.sections[0].header.paragraphs[0].text = "綦江区文件"
    letter.save(str(own))
    out = tmp_path / "a.docx"
    newest(run("brief", "-c", "qijiang", "--format", "docx", "-o", out, "--section", "overall", "--json"))
    assert docx.Document(str(out)).sections[0].header.paragraphs[0].text == "綦江区文件"
    own.write_bytes(b"no document")
    out.unlink()
    refused = run("brief", "-c", "qijiang", "--format", "docx", "-o", out)
    assert refused.exit_code == 1
    assert "qijiang.docx" in refused.stderr
    assert not out.exists()
    assert trouble("docx", own) is not None
    assert trouble("html", None) is None


def test_without_a_choice_it_is_what_an_office_sends_and_signed(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.docx"
    common = ("brief", "-c", "qijiang", "--format", "docx", "-o", out)
    newest(run(*common, "--dated", "2023-07-05", "--json"))
    texts = [p.text for p in docx.Document(str(out)).paragraphs if p.text]
    assert texts[-2:] == ["重庆市綦江区扶欢镇人民政府", "2023年7月5日"]
    assert not any(text.startswith("附件") for text in texts)
    newest(run(*common, "--full", "--issuer", "扶欢镇乡村振兴办", "--dated", "2023-07-05", "--json"))
    texts = [p.text for p in docx.Document(str(out)).paragraphs if p.text]
    assert texts[texts.index("扶欢镇乡村振兴办") + 1] == "2023年7月5日"
    assert any(text.startswith("附件2") for text in texts)
    newest(run(*common, "--issuer", "", "--section", "overall", "--json"))
    assert "人民政府" not in [p.text for p in docx.Document(str(out)).paragraphs if p.text][-2]
    assert run(*common, "--full", "--section", "overall").exit_code == 2
    assert run(*common, "--dated", "morgen").exit_code == 2


def test_a_file_is_written_as_a_whole_or_what_was_there_stays(tmp_path, monkeypatch):
    file = tmp_path / "通报.docx"
    write_whole(file, b"yesterday")

    def full(path, body):
        with path.open("wb") as half:
            half.write(body[:1])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space"):
            write_whole(file, b"today")
    assert file.read_bytes() == b"yesterday"
    assert not list(tmp_path.glob(".*"))
    write_whole(file, b"today")
    assert file.read_bytes() == b"today"
