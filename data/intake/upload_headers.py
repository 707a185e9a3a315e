"""What headers mean in each of the ten upload tables."""

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from functools import cache, lru_cache

from data import wording
from data.intake import units
from data.intake.model import FoundColumn, rule_book
from data.intake.other_figure import in_brackets, of_column, other_words
from data.intake.place_headers import place_header
from data.intake.simplified import simplified
from data.intake.structure import UNSEEN, is_total, unmarked
from data.language import translator
from data.tables import Table, items, tables

# Names of places instead of codes: read in every table that has a code of that level.
_PLACE_NAMES = {
    "village_name": [
        "村",
        "行政村",
        "村名",
        "村名称",
        "行政村名称",
        "村居",
        "村(社区)",
        "村社区",
        "所在村",
        "实施村",
        "项目村",
        "所驻村",
        "village",
        "villagename",
    ],
    "township_name": [
        "乡镇",
        "镇街",
        "乡",
        "镇",
        "乡(镇)",
        "乡镇(街道)",
        "乡镇名",
        "乡镇名称",
        "所在乡镇",
        "实施乡镇",
        "township",
        "townshipname",
    ],
}
# Where something stands: a village if no other column names it.
_LOCATIONS = ("实施地点", "项目地点", "建设地点", "项目实施地点")
_OF_LOCATION = 0.6
PLACE_WORDS = {"village_name": ("村名", "name of the village"), "township_name": ("乡镇名", "name of the township")}
"""Roles of columns that name a place, in both languages."""
# What `headings` calls a column that names a place → a header that each table knows.
PLACES = {
    "township": "乡镇",
    "village": "村名",
    "township_village": "村名",
    "county": "县区名称",
    "township_code": "代码或名称",
    "village_code": "代码或名称",
}
_IGNORED = ("序号", "编号序号", "no", "no.", "#", "县", "县区", "区县", "县(市、区)", "县(市、区、旗)", "county")
# Headers of codes, whatever a table calls its own column of them; a place may be a village.
_CODES = {
    "village": (
        "行政村代码",
        "行政村编码",
        "村编码",
        "村委会代码",
        "所在村代码",
        "村（社区）代码",
        "村社区代码",
        "village code",
    ),
    "township": ("乡镇代码", "镇街代码", "乡镇编码", "township code"),
    "place": ("行政区划代码", "区划代码", "行政村代码", "乡镇代码", "村编码", "region code"),
}
_SHARES = ("占比", "比重", "比例", "率", "%", "％")
_NAMING = frozenset({"column", *_PLACE_NAMES})
_WHOLE = frozenset(
    {"金额", "总额", "数额", "资金", "数量", "总数", "累计", "累计数", "累计额", "本年累计", "当年累计", "年初累计"}
)
# The date of a row, whatever a table calls it.
_DATES = ("日期", "月末", "快照日", "截止日期", "截至日期", "统计日期", "数据日期", "月份", "统计月份", "所属月份")
_BRACKET = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_LAST_BRACKET = re.compile(r"[(\[【](?:单位:)?([^()\[\]【】]+)[)\]】]$")
_ASKED = re.compile("是否(?:属于|为|是|有)?")
_LAST_UNIT = re.compile(r"(?:单位[:为]|[,/、:])([^,/、:]+)$")
Paths = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a header for comparison: half-width, lower case, without blanks, underscores and asterisks."""
    return simplified(re.sub(r"[\s_*＊]+", "", unicodedata.normalize("NFKC", UNSEEN.sub("", text)).lower()))


@lru_cache(maxsize=8192)
def split_unit(header: str) -> tuple[str, str | None]:
    """Return a header's plain form without its unit, and the unit: `累计支出（万元）` → (`累计支出`, `万元`)."""
    text = plain(header)
    for pattern in (_LAST_BRACKET, _LAST_UNIT):
        match = pattern.search(text)
        if match and units.known(match[1]) and match.start():
            return text[: match.start()], match[1]
    return text, None


@cache
def _index(table_id: str) -> dict[str, tuple[str, str, float]]:
    """Return plain header → (role, column name, certainty) of a table."""
    table = tables()[table_id]
    found: dict[str, tuple[str, str, float]] = {}

    def put(header: str, role: str, name: str, score: float) -> None:
        text = plain(header)
        if text:
            found.setdefault(text, (role, name, score))

    for column in table.columns:
        put(column.zh, "column", column.name, 1.0)
        put(column.name, "column", column.name, 1.0)
    for column in table.columns:
        put(column.en, "column", column.name, 0.95)
        put(f"{column.en} ({wording.unit(column.unit, translator('en'))})", "column", column.name, 0.95)
    for column in table.columns:
        put(f"{column.zh}{column.note}", "column", column.name, 0.95)
        put(_BRACKET.sub("", plain(column.zh)), "column", column.name, 0.9)
        for alias in column.aliases:
            put(alias, "column", column.name, 0.9)
    for column in table.columns:
        for name in _CODES.get(column.role or "", ()):
            put(name, "column", column.name, 0.85)
    for role, names in _PLACE_NAMES.items():
        for name in names:
            put(name, role, "", 0.8)
    for name in _LOCATIONS if "village_code" in table.names else ():
        put(name, "village_name", "", _OF_LOCATION)
    for name in _DATES if "as_of" in table.names else ():
        put(name, "column", "as_of", 0.8)
    for name in _IGNORED:
        put(name, "ignored", "", 0.5)
    return found


@lru_cache(maxsize=16384)
def match_header(table_id: str, header: str) -> tuple[str, str | None, str | None, float]:
    """Return what a header means in a table: role, column name, unit, certainty."""
    index = _index(table_id)
    # 村 at the end of 镇、村 is no unit.
    if plain(header) not in index and (places := place_header(header)):
        return match_header(table_id, PLACES[places])
    text, unit = split_unit(header)
    bare = split_unit(unmarked(header))[0]
    for form, discount in ((plain(header), 0.0), (text, 0.0), (_BRACKET.sub("", text), 0.05), (bare, 0.05)):
        if form in index:
            role, name, score = index[form]
            return role, name or None, unit, score - discount
    asked = _ASKED.match(text)
    if asked and (role_of := index.get(text[asked.end() :])) and role_of[0] == "column":
        role, name, score = role_of
        # 是否脱贫户 asks what the column 脱贫户 answers; of what is no yes or no it asks something else.
        if tables()[table_id].column(name).type == "bool":
            return role, name, unit, score - 0.05
    if any(word.replace(" ", "") in plain(header) for word in rule_book().personal):
        return "personal", None, None, 1.0
    return "unknown", None, unit, 0.0


def is_number(header: str) -> bool:
    """Whether a column numbers the rows of its sheet, which says nothing of them."""
    return plain(header) in {plain(name) for name in _IGNORED[:5]}


def names_place(table_id: str, header: str) -> str | None:
    """Return the level of the places that a column of an upload table names by its header: village, township."""
    role, name, _, score = match_header(table_id, header)
    if role == "column" and name:
        role = tables()[table_id].column(name).role or ""
    level = role.removesuffix("_name")
    return level if level in {"village", "township"} and score > _OF_LOCATION else None


def columns_of(table_id: str, paths: Paths, period: str | None = None) -> tuple[FoundColumn, ...]:
    """Say what each column is in a table: by its lowest header, by all parts together, by those above.

    A figure of which the rest of its header says something that may make it another one (`other_figure`), as a year
    that is not the table's, is no column of the table.
    """
    found: list[FoundColumn] = []
    by_caption: dict[str, list[int]] = {}
    for col, path in enumerate(paths):
        if not path:
            continue
        own = [path[-1]] if len(path) == 1 else [path[-1], "".join(path)]
        above = [] if len(path) == 1 or _says_share(path[-1]) else [*reversed(path[:-1])]
        matches = [match_header(table_id, form) for form in (*own, *above)]
        # What a header says itself counts for more than what stands above it.
        named = [match for match in matches[: len(own)] if match[0] in _NAMING]
        role, name, unit, score = max(named or matches, key=lambda match: match[3])
        unit = unit or next((u for _, _, u, _ in matches if u), None)
        likely, doubted = "", _doubted(table_id, name, path, period) if role == "column" and name else ""
        if doubted:
            role, likely, name, score = "unknown", str(name), None, 0.0
        if name and not named:
            by_caption.setdefault(name, []).append(len(found))
        found.append(
            FoundColumn(col, header_of(path), name, role, unit, round(score, 2), doubted=doubted, likely=likely)
        )
    # Under several captions, in a table that lacks a column for what they say, all are asked about together.
    unsorted = {c.name for c in tables()[table_id].columns if c.type == "enum"} & {*tables()[table_id].key} - {
        *(c.name for c in found)
    }
    likely_ones = Counter(c.likely for c in found if c.doubted) if unsorted - {"geo_level"} else Counter()
    found = [
        replace(c, name=c.likely, role="column", doubted="", likely="", score=0.9) if likely_ones[c.likely] > 1 else c
        for c in found
    ]
    for name, places in by_caption.items():
        owner = _whole([paths[found[at].col][-1] for at in places])
        elsewhere = any(c.name == name for at, c in enumerate(found) if at not in places)
        for at in places if elsewhere or owner is not None else ():
            if elsewhere or places.index(at) != owner:
                # A part of what the caption names, under a header of its own.
                found[at] = replace(found[at], name=None, role="unknown", score=0.0)
    if any((c.role == "village_name" and c.score > _OF_LOCATION) or _says_village(table_id, c) for c in found):
        found = [replace(c, role="unknown", score=0.0) if c.role == "village_name" and c.score <= _OF_LOCATION else c
                 for c in found]  # fmt: skip
    return tuple(found)


def _doubted(table_id: str, name: str, path: tuple[str, ...], period: str | None) -> str:
    """Return what any part of a header, or of its brackets, says that may make its figure another one; "" if nothing.

    Captions that name an option of a column the table lacks are of `captions`, not of this.
    """
    table = tables()[table_id]
    column = table.column(name)
    if not column.numeric or name in table.key or column.unit == "年":
        return ""
    whole = [plain(unmarked(part)) for part in path]
    parts = [split_unit(part)[0] for part in whole]
    index = _index(table_id)
    if "".join(parts) in index or "".join(whole) in index:
        return ""
    names = [plain(called) for called in (column.zh, column.unit, *column.aliases)]
    matches = {part: match_header(table_id, part)[1] for part in parts}
    beside = [part for part in parts if _BRACKET.sub("", part) not in names and matches[part] != name]
    # 到位额 above 用于产业 heads what is a part of it.
    beside = [part for part in beside if part == parts[-1] or not _is_figure(table, matches[part])]
    words = [*beside, *(word for part in parts if part not in beside for word in in_brackets(part))]
    return other_words(words, of_column(column), names, period, groups=True) or ""


def _is_figure(table: Table, name: str | None) -> bool:
    return name is not None and table.column(name).numeric


def _says_village(table_id: str, found: FoundColumn) -> bool:
    return bool(found.name) and tables()[table_id].column(str(found.name)).role in {"village", "village_name"}


def _says_share(header: str) -> bool:
    return any(word in plain(header) for word in _SHARES)


def _whole(leaves: list[str]) -> int | None:
    """Return which of the headers under one caption is the whole of it; None if none says so."""
    return next((at for at, leaf in enumerate(leaves) if is_total(leaf) or plain(leaf) in _WHOLE), None)


def header_of(path: tuple[str, ...]) -> str:
    """Return all parts of a header as one text: `到位额/1月`."""
    return "/".join(" ".join(part.split()) for part in path)


def meanings(table: Table, lang: str) -> dict[str, str]:
    """Return what a column of a file may be taken for in an upload table, with its word in `lang`."""
    names = [*table.names, *PLACE_WORDS]
    if table.id == "facts":
        for code, item in items().items():
            names += [code] if "value" in item.fields else [f"{code}:{field}" for field in item.fields]
    return {name: str(meaning_words(name, table)[f"meaning_{lang}"]) for name in names}


def meaning_words(name: str, table: Table) -> dict[str, object]:
    """Return in both languages what a column may be taken for: a column of a table, an item, the name of a place.

    A ratio's item names its figure too: `policy_awareness:numerator`. Nothing is returned for a name that is unknown.
    """
    code, _, figure = name.partition(":")
    if code in items():
        zh, en = items()[code].name_zh, items()[code].name_en
        if figure:
            column = tables()["facts"].column(figure)
            zh, en = f"{zh}（{column.title('zh')}）", f"{en} ({column.title('en')})"
    elif name in PLACE_WORDS:
        zh, en = PLACE_WORDS[name]
    elif name in table.names:
        zh, en = table.column(name).title("zh"), table.column(name).title("en")
    else:
        return {}
    return {"meaning_zh": zh, "meaning_en": en}
