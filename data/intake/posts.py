"""A list that names somebody where a post is stored: names are not kept, so the post stays."""

from dataclasses import replace

from data.intake.against import Stored
from data.intake.identity import COVERED
from data.intake.model import Checked, Problems
from data.intake.people import covers_all
from data.intake.written import Written
from data.tables import tables, typed

KEPT, WITHOUT = "post_kept", "name_without_post"
"""Rules: the stored post stays; the file names somebody without a post and none is stored."""


def posts_kept(checked: Checked, stored: Stored) -> Checked:
    """Return a file's rows with the stored post or office where the file has only a name, with that told."""
    if checked.table is None or checked.layout is None or checked.frame.empty:
        return checked
    table, layout = tables()[checked.table], checked.layout
    frame, file = checked.frame.reset_index(drop=True), Written.of(layout, table)
    key, named = list(table.key), {}
    for column in (c for c in table.columns if c.holds and c.name in file.found):
        mine = frame[column.name].map(lambda text: isinstance(text, str) and covers_all(text)).to_numpy(dtype=bool)
        if mine.any():
            named[column.name] = mine
    if not named:
        return checked
    known = stored(table.id, (*key, *named)).drop_duplicates(key)
    beside = frame[key].merge(known, how="left", on=key)
    told, problems = Problems(layout.origin), checked.problems
    for name, mine in named.items():
        own = beside[name]
        again = mine & own.map(lambda text: isinstance(text, str) and not covers_all(text)).to_numpy(dtype=bool)
        frame[name] = frame[name].where(~again, own)
        kept = own[again].tolist()
        told.add(KEPT, file.rows[again], file.at(name), values=[COVERED], repairs=kept)
    new = told.frame()
    if new.empty:
        return checked
    said = problems.merge(new[["row", "column"]].drop_duplicates(), how="left", on=["row", "column"], indicator=True)
    gone = (said["_merge"] == "both").to_numpy() & (problems["rule"] == WITHOUT).to_numpy()
    told.parts.append(problems.loc[~gone])
    return replace(checked, frame=typed(table.id, frame).set_index(checked.frame.index), problems=told.frame())
