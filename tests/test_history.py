"""What a batch did to the figures: from as they stood before it to as they stood until the next one."""

from data import upload
from data.history import figures_moved
from data.plan import load_plan
from data.registry import county
from data.store import open_store
from data.upload import Actor

PLAN = load_plan("banan-2023")


def test_the_figures_before_and_after_a_batch(home):
    banan, store = county("banan"), open_store()

    def send(spent, month="04-30"):
        head = "区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）"
        raw = f"{head}\n500113000000,2023-{month},中央,衔接资金,100,{spent}\n"
        checked = upload.check(banan, raw.encode(), f"{spent}.csv")
        return upload.commit(store, banan, checked, raw.encode(), Actor("a tester"))

    batches = [send(20), send(35), send(35, "05-31")]
    moved = figures_moved(store, PLAN, batches[1], store.batches("500113"))
    changed = {(row.indicator, row.before, row.after) for row in moved.itertuples() if row.before == 20}
    assert {after for _, _, after in changed} == {35}
    # Of the first there is nothing before; the third one's newest common date is not touched by it.
    assert figures_moved(store, PLAN, batches[0], store.batches("500113")).empty
    assert figures_moved(store, PLAN, batches[2], store.batches("500113")).empty
