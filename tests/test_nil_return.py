"""A nil return (零报告) from the store to the figures and to the lists on pages, and back by an undo."""

import datetime as dt

import pandas as pd

from data import loaders, upload
from data.registry import county
from data.store import open_store
from data.upload import Actor

WHO = Actor("a tester")
TOWNS = {"500113115": "500113115219", "500113113": "500113113201"}  # of each one village
NOVEMBER = dt.date(2023, 11, 30)


def test_a_township_without_projects(home):
    banan, store = county("banan"), open_store()
    head = "项目编号,行政村代码,快照日,项目类别,总投资（万元）,已支出（万元）,状态,计划年度"

    def send(day, **villages):
        lines = [f"{name},{code},{day},饮水,100,0,储备,2023" for name, code in villages.items()]
        raw = "\n".join([head, *lines, ""]).encode()
        checked = upload.check(banan, raw, f"{day}.csv")
        assert checked.ok, [p.rule for p in checked.problems]
        upload.commit(store, banan, checked, raw, WHO)

    def stands(region):
        found = store.measures("500113", "banan-2023", regions=[f"{region:0<12}"])
        found = found.loc[(found["indicator"] == "reserve_projects") & (found["as_of"] == pd.Timestamp(NOVEMBER))]
        return found["value"].tolist()

    def listed():
        return sorted(loaders.latest("banan", "projects", NOVEMBER)["project_id"])

    first, second = TOWNS.values()
    send("2023-10-31", A=first, B=second)
    send("2023-11-30", B=second)
    assert (stands("500113"), stands("500113115"), listed()) == ([2], [1], ["A", "B"])
    nothing = upload.nil_return(store, banan, "projects", ["2023-11"], ["姜家镇"], WHO)
    assert (stands("500113"), stands("500113115"), listed()) == ([1], [0], ["B"])
    assert sorted(loaders.latest("banan", "projects", dt.date(2023, 10, 31))["project_id"]) == ["A", "B"]
    upload.undo(store, banan, nothing.number, WHO)
    assert (stands("500113"), stands("500113115"), listed()) == ([2], [1], ["A", "B"])
