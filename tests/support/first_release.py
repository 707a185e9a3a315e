"""Make `tests/store/first_release.zip` and `.json`: a store of the first release's schema, and what that release read.

Run by the code of that time, which alone writes such a store, then packed by a backup of today's:

    git archive 387aa68 | tar -x -C OLD
    (cd OLD && XIANJIE_HOME=HOME PYTHONPATH=OLD python NEW/tests/support/first_release.py NEW/tests/store)
    XIANJIE_HOME=HOME xianjie backup -o HOME   # its file is first_release.zip
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

COUNTY = "500110"
FILE = Path(__file__).parents[1] / "store" / "first_release.zip"
TOLD = FILE.with_suffix(".json")


def told(store: Any) -> dict[str, Any]:
    """Return what a release reads of the county: digests of every row and figure, in words both releases know."""
    from data.registry import county
    from data.tables import tables

    frames = {name: store.rows(COUNTY, name) for name in tables()}
    frames["measures"] = store.measures(COUNTY, county(COUNTY).plans[0])
    frames["profiles"] = store.profiles(COUNTY)
    history = store.history(COUNTY)
    return {
        "rows": {name: len(frame) for name, frame in frames.items()},
        "columns": {name: list(frame.columns) for name, frame in frames.items()},
        "digests": {name: digest(frame) for name, frame in frames.items()},
        "version": store.version(COUNTY),
        "batches": [
            {"number": int(b.batch_id), "table": b.table, "action": b.action, "file": b.file_name, "rows": int(b.rows),
             "actor": b.actor, "at": b.at.isoformat(), "active": bool(b.active)}
            for b in history.itertuples()
        ],
        "nils": sorted([s.table, *pair] for s in store.nils(COUNTY) for pair in s.pairs()),
        "raw": [hashlib.sha256(store.raw(COUNTY, int(b.batch_id)) or b"").hexdigest() for b in history.itertuples()],
        "boundaries": hashlib.sha256(store.boundaries(COUNTY).body).hexdigest(),
    }  # fmt: skip


def digest(frame: pd.DataFrame, columns: list[str] | None = None) -> str:
    """Return one digest of a frame's rows, in whatever order they come."""
    text = frame if columns is None else frame[columns]
    lines = sorted(text.to_csv(index=False, header=False, date_format="%Y-%m-%d", lineterminator="\n").splitlines())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def main(folder: Path) -> None:
    """Fill the store of `XIANJIE_HOME` and write down what is read of it."""
    from data import demo
    from data.registry import county
    from data.store import Scope, Submission, open_store
    from data.tables import empty

    with open_store() as store:
        demo.load(store, county(COUNTY))
        rows = store.rows(COUNTY, "facts")
        newest = rows.loc[rows["as_of"] == rows["as_of"].max()].reset_index(drop=True)

        def send(table: str, frame: pd.DataFrame, name: str, **more: Any) -> Any:
            return store.commit(Submission(COUNTY, table, frame, name.encode(), name, "录入员 农业农村局", **more))

        kept = send("facts", newest.assign(value=newest["value"] + 1), "更正.csv", mode="merge")
        gone = send("facts", newest.assign(value=0.0), "误传.csv", mode="merge")
        store.undo(COUNTY, gone.batch_id, "录入员 农业农村局", "传错了表")
        town = store.batches(COUNTY, "facts")[0].scope.townships[0]
        nil = Scope("funds", ("2020-01",), (town,))
        store.commit(Submission(COUNTY, "funds", empty("funds"), b"", "", "录入员", scope=nil, action="nil"))
        store.put_boundaries(
            COUNTY, b'{"type":"FeatureCollection","features":[]}', report={"matched": 0}, raw=b"{}",
            file_name="边界.geojson", actor="录入员",
        )  # fmt: skip
        assert kept.rows > 0
        (folder / TOLD.name).write_text(json.dumps(told(store), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
