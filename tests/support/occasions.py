"""Briefings of the sample's plans, for tests of the formats they are written in."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from data.briefing.compose import FULL, compose
from data.briefing.facts import Facts, Since, from_store
from data.briefing.model import Briefing
from data.plan import load_plan
from data.registry import county
from data.store import open_store


class Occasion(NamedTuple):
    """What a briefing is made for."""

    slug: str
    plan: str
    as_of: dt.date
    since: dt.date


OCCASIONS = {
    o.plan: o
    for o in (
        Occasion("qijiang", "fuhuan-2021", dt.date(2022, 12, 31), dt.date(2022, 11, 30)),
        Occasion("mouding", "mouding-2023", dt.date(2023, 10, 31), dt.date(2023, 9, 30)),
        Occasion("banan", "banan-2023", dt.date(2023, 10, 31), dt.date(2023, 9, 30)),
        Occasion("baiyin", "baiyin-2021", dt.date(2022, 12, 31), dt.date(2022, 11, 30)),
        Occasion("wanzhou", "wanzhou-2021-2025", dt.date(2022, 12, 31), dt.date(2022, 11, 30)),
    )
}


@dataclass
class Kit:
    """Facts and briefings of a home with the sample data, each made once."""

    home: Path
    _facts: dict[str, Facts] = field(default_factory=dict)
    _briefings: dict[tuple[str, str], Briefing] = field(default_factory=dict)

    def facts(self, plan: str) -> Facts:
        """Return the facts of a plan at its occasion."""
        if plan not in self._facts:
            slug, _plan, as_of, since = OCCASIONS[plan]
            with open_store(f"sqlite:///{self.home / 'store.db'}") as store:
                self._facts[plan] = from_store(store, county(slug), load_plan(plan), as_of, Since(since))
        return self._facts[plan]

    def briefing(self, plan: str, lang: str = "zh") -> Briefing:
        """Return the briefing of a plan at its occasion, with every section."""
        if (plan, lang) not in self._briefings:
            self._briefings[plan, lang] = compose(self.facts(plan), lang, sections=FULL)
        return self._briefings[plan, lang]
