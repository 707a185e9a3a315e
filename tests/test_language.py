"""Both languages are complete: every text of the code has its Chinese, nothing is left over, no value is lost."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from data.language import CATALOGUE, translator
from data.plan import load_plan
from data.profiles import profiles
from data.registry import counties
from data.tables import items, tables

ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "N_": None}
CJK = re.compile(r"[\u3400-\u9fff]")


@cache
def written() -> dict[str, str]:
    """Return every text marked in the code, with where it stands."""
    found: dict[str, str] = {}
    for name in ("app.py", "frame.py", "cli.py"):
        for line, text, *_ in extract_from_file("python", ROOT / name, keywords=KEYWORDS):
            found[str(text)] = f"{name}:{line}"
    for folder in ("pages", "components", "data", "geo"):
        for file, line, text, *_ in extract_from_dir(ROOT / folder, keywords=KEYWORDS):
            found[str(text)] = f"{folder}/{file}:{line}"
    return found


@cache
def catalogue() -> dict[str, str]:
    """Return the Chinese catalogue: {English: Chinese}."""
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string or "") for message in read_po(file) if message.id}


def slots(text: str) -> Counter[str]:
    """Return the names of the values a text takes."""
    return Counter(name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def test_every_text_has_its_chinese():
    assert len(written()) > 100
    assert {text: where for text, where in written().items() if not catalogue().get(text)} == {}


def test_the_catalogue_holds_nothing_the_code_does_not_say():
    assert sorted(catalogue().keys() - written().keys()) == []


def test_a_translation_takes_the_same_values():
    differing = {text: told for text, told in catalogue().items() if told and slots(text).keys() != slots(told).keys()}
    assert differing == {}


def test_texts_are_english_and_translations_chinese():
    assert [text for text in written() if CJK.search(text)] == []
    # What has letters to translate is translated; signs, units and names of formats may stay.
    bare = {text: re.sub(r"\{[^}]*\}", "", told) for text, told in catalogue().items()}
    same = [text for text, told in bare.items() if re.search(r"[a-z]{3}", told) and not CJK.search(told)]
    assert same == []


def test_a_text_without_chinese_stays_english():
    assert translator("zh")("No catalogue knows this") == "No catalogue knows this"
    assert translator("en")("Most urgent") == "Most urgent"
    assert translator("zh")("Most urgent") == catalogue()["Most urgent"]


@pytest.mark.parametrize("plan_id", [plan_id for entry in counties() for plan_id in entry.plans])
def test_plans_are_named_in_both_languages(plan_id):
    plan = load_plan(plan_id)
    assert CJK.search(plan.title("zh"))
    assert plan.title("en")
    assert not CJK.search(plan.title("en"))
    for indicator in plan.indicators:
        assert CJK.search(indicator.name("zh")), indicator.id
        assert indicator.name("en"), indicator.id
        assert not CJK.search(indicator.name("en")), indicator.id


def test_tables_and_columns_are_named_in_both_languages():
    for table in tables().values():
        named = [(table.name("zh"), table.name("en")), (table.grain_zh, table.grain)]
        named += [(column.title("zh"), column.title("en")) for column in table.columns]
        for chinese, english in named:
            assert CJK.search(chinese), (table.id, chinese)
            assert english, (table.id, chinese)
            assert not CJK.search(english), (table.id, english)


def test_items_and_profiles_are_named_in_both_languages():
    for name, entry in [*items().items(), *((profile.id, profile) for profile in profiles().values())]:
        assert CJK.search(entry.name_zh), name
        assert entry.name_en, name
        assert not CJK.search(entry.name_en), name
