"""Whether a file is another county's: told once and plainly, instead of hundreds of places that nobody knows here."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.intake.above import named_ours
from data.intake.model import Layout, Problems, Refusal
from data.intake.places import Candidate, Register, find_place
from data.intake.structure import place_level
from data.registry import counties
from geo.regions import normalise_code

# Below this nobody needs a summary; and two unknown names are two slips.
_FEWEST = 3
# Without any code or county named: so many places, none of which is known here or resembles one of here.
_UNKNOWN = 6
_MOST = 0.8
# A name of two characters is one character from some village of any county.
_ALIKE = 0.7
_NAMED = 3
_COUNTY = re.compile(
    r"[\u4e00-\u9fff]{2,8}?(?:县|旗|(?<![社园小片景城市辖地山街校厂矿新灌林牧库发])区)(?!级|域|内|乡|区|城|里|外|直)"
)
# What counties are called after their kind, not their name: 国家脱贫县, 产粮大县.
_KINDS = (
    "脱贫", "贫困", "重点", "示范", "帮扶", "扶持", "试点", "监测", "摘帽", "先进", "受援", "支援",
    "结对", "协作", "定点", "对口", "百强", "农业", "牧业", "边境", "民族", "大", "各", "本",
    "我", "该", "外", "邻", "每", "两", "多个", "部分", "所有", "其他", "相关", "有关",
)  # fmt: skip
# Another county that helps this one is no owner of the table.
_HELPS = re.compile(r"(?:定点)?(?:对口|帮扶|支援|援|结对|协作|捐)")
_DATED = re.compile(r"^(?:年度?|月份?|日|[上下]半年|季度)+")
_SHORTEST = 3
# A township as the owner of a table: it begins the title, or follows its county, or says who reports.
_TOWNSHIP = re.compile(
    r"(?:^|[县区旗市州盟年]|(?:填报|填表|报送|上报|编报)(?:单位|乡镇|镇街)(?:\([^()]*\))?:)"
    r"([\u4e00-\u9fff]{1,5}?(?:镇(?!街|村)|(?<![城下家])乡(?!镇|村)|街道))"
)
_NO_TOWNSHIP = re.compile(
    r"(?:各|全|本|该|我|所有|建制|城|村|集|重点|特色小|特色|中心|小|乡|产业|年度?|月份?)(?:镇|乡|街道)$"
)
OF_OTHERS = frozenset({"elsewhere", "elsewhere_by_name"})
"""Refusals that a word of the sender, that the table is of here, takes back."""
_ABOVE = re.compile(r"^.*?(?:省|自治区|(?<!城)市(?=[\u4e00-\u9fff]{2,}[县区旗]$)|自治州|地区|盟)")


@dataclass
class Seen:
    """The places that a file names, by what became of them.

    Attributes
    ----------
    known
        Whether any lies in this county.
    sure
        Whether one of these is said by its code or its sender, not by its name alone.
    by_name
        The names of the others, in order.
    codes
        Codes that begin like those of another county.
    names
        Names that nothing here is called, in order; `strange` counts those that resemble nothing here.
    """

    known: bool = False
    sure: bool = False
    by_name: dict[str, None] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    names: dict[str, None] = field(default_factory=dict)
    strange: int = 0

    def add(self, text: str, rule: str | None, likely: Sequence[Candidate]) -> None:
        """Add a place as written, what is told of it (`read_place`), and what it may mean here."""
        if rule == "other_county":
            self.codes.add(normalise_code(text) or "")
        elif rule != "unknown_place":
            self.known = True
            if rule is None and normalise_code(text):
                self.sure = True
            else:
                self.by_name[text] = None
        elif place_level(text) is not None and text not in self.names:
            self.names[text] = None
            self.strange += not (likely and likely[0].certainty >= _ALIKE)

    def refuse(self, layout: Layout, known: Register, problems: Problems) -> None:
        """Refuse the file if all it names lies elsewhere; only tell of it if its sender says that it is of here.

        Villages of one name lie in many counties: a few that are called like those of here are no proof of it where
        the title names another county or a township that is not of here. What was said of other files is no word about
        this one.

        Raises
        ------
        Refusal
            Title or a column names another county or township, and few names are known here; or no place is, and most
            codes are another county's, or another county is named, or many names resemble nothing here.
        """
        seen = len(self.codes) + len(self.names)
        if layout.now.places:
            return
        if self.known:
            self._refuse_namesakes(layout, known, problems)
        if self.known or seen < _FEWEST:
            return
        by_code = len(self.codes) >= _MOST * seen
        other = _other_county(layout, known) if not by_code else None
        if not (by_code or other or (self.strange >= _UNKNOWN and self.strange >= _MOST * seen)):
            return
        # Codes say whose a table is; townships of one name lie in many counties.
        if not by_code and named_ours(layout, known):
            return
        words = self._words(other, known, by_code=by_code)
        if not layout.now.ours:
            raise Refusal("elsewhere", **words)
        problems.add("ours_as_said", more=words)

    def _refuse_namesakes(self, layout: Layout, known: Register, problems: Problems) -> None:
        few = len(self.by_name) < _FEWEST or len(self.by_name) < len(self.names)
        if self.sure or not few or named_ours(layout, known):
            return
        other = _other_county(layout, known) or _other_township(layout, known)
        if other is None:
            return
        words = self._words(other, known, by_code=False)
        alike = list(self.by_name)[:_NAMED]
        words |= {"alike_zh": f"“{'”“'.join(alike)}”", "alike_en": ", ".join(alike)}
        if not layout.now.ours:
            raise Refusal("elsewhere_by_name", **words)
        problems.add("ours_as_said", more=words)

    def _words(self, other: str | None, known: Register, *, by_code: bool) -> dict[str, object]:
        own = next((c for c in counties() if c.code == known.county), None)
        zh, en = [], []
        if by_code:
            prefix = max({code[:6] for code in self.codes}, key=[code[:6] for code in self.codes].count)
            owner = next((c for c in counties() if c.code == prefix), None)
            zh.append(f"{len(self.codes)} 个代码以 {prefix} 开头{f'（{owner.name_zh}）' if owner else ''}")
            en.append(f"{len(self.codes)} codes begin with {prefix}{f' ({owner.name_en})' if owner else ''}")
        if other:
            zh.append(f"表里写的是“{other}”")
            en.append(f'it names "{other}"')
        if self.names:
            named = list(self.names)[:_NAMED]
            more = len(self.names) > len(named)
            zh.append(f"“{'”“'.join(named)}”{f'等 {len(self.names)} 个地名' if more else ''}在名册里没有")
            en.append(f"{', '.join(named)}{f' and others ({len(self.names)})' if more else ''} are not in the register")
        return {
            "seen_zh": "；".join(zh), "seen_en": "; ".join(en),
            "own_zh": own.name_zh if own else known.county, "own_en": own.name_en if own else known.county,
        }  # fmt: skip


def _other_county(layout: Layout, known: Register) -> str | None:
    """Return the county that the title or a column of counties names, if it is not this one."""
    column = next((c.col for c in layout.columns if c.canonical == "county"), None)
    written = {layout.sheet.columns[column].text(int(row)) for row in layout.data_rows} if column is not None else set()
    own = next((c for c, level in known.level.items() if level == "county"), None)
    called = {known.name[own], known.short[own]} if own else set()
    for text in (*sorted(written), layout.structure.title):
        for match in _COUNTY.finditer(text):
            name = _DATED.sub("", _ABOVE.sub("", match[0]))
            kind = len(name) < _SHORTEST or name[:-1].endswith(_KINDS) or _HELPS.match(text[match.end() :])
            if not (kind or any(name.endswith(one) or one in text for one in called)):
                return name
    return None


def _other_township(layout: Layout, known: Register) -> str | None:
    """Return the township that the title says a table is of, if this county has none that is called like it."""
    title = unicodedata.normalize("NFKC", (layout.before or layout).structure.title)
    for part in title.split():
        for match in _TOWNSHIP.finditer(part):
            name = match[1]
            if _NO_TOWNSHIP.search(name) or len(name) < _SHORTEST or _HELPS.match(part[match.end() :]):
                continue
            found = find_place(name, known, "township")
            if not (found and found[0].certainty >= _ALIKE):
                return name
    return None
