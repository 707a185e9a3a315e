"""The strict reader: a folder with one file per table, for evaluating a plan without a store."""

import time
from pathlib import Path
from typing import Any

import pandas as pd

from data.intake.check import TableCheck
from data.intake.files.read import read
from data.intake.model import Problems, Refusal, rule_book
from data.intake.recognise import recognise
from data.tables import tables

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".xlsb", ".et", ".htm", ".html"})
# What a folder is refused for; everything else is a warning.
_WRONG_TYPE = frozenset(
    {"not_a_number", "number_too_large", "not_an_integer", "not_a_date", "done_without_day", "not_yes_or_no"}
)
_UNSAID = frozenset({"unknown_column", "no_rows", "no_register"})
# Row, column and further cases, as the sentences of the rule book are preceded and followed by them.
_WORDS = {
    "zh": ("第 {row} 行，", "“{column}”列：", "（另有 {n} 处：第 {rows} 行）"),
    "en": ("row {row}, ", "column {column}: ", " ({n} more: rows {rows})"),
}
_UNNAMED = {"zh": "{file}：文件名不是任何一张上报表的名称，未读取", "en": "{file}: not named after a table; not read"}


def read_table_dir(
    directory: Path | str, county_code: str | None, lang: str = "en"
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Read a folder that holds one CSV or XLSX per upload table, named after it (`funds.csv`).

    Parameters
    ----------
    directory
        The folder.
    county_code
        Six digits: places outside its register are warned about. None: places are not checked.
    lang
        Language of warnings and of what a refusal quotes: "zh" or "en".

    Returns
    -------
    tables
        Table id → typed frame. A table without a file is absent: nothing was uploaded. A file with only a header gives
        an empty frame: a nil return.
    warnings
        Unknown places, implausible values and what was read another way than written, one sentence per rule and column.

    Raises
    ------
    Refusal
        A file cannot be read, lacks a key column, or holds a value of the wrong type.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise Refusal("not_a_folder", path=directory)
    frames: dict[str, pd.DataFrame] = {}
    warnings: list[str] = []
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith((".", "~")):
            continue
        if path.stem.lower() in tables():
            files.setdefault(path.stem.lower(), []).append(path)
        else:
            warnings.append(_UNNAMED[lang].format(file=path.name))
    for table_id, paths in files.items():
        if len(paths) > 1:
            raise Refusal("two_files", table=table_id, files="、".join(path.name for path in paths))
        frames[table_id], said = _read_one(paths[0], table_id, county_code, lang)
        warnings += said
    return frames, warnings


def _read_one(path: Path, table_id: str, county_code: str | None, lang: str) -> tuple[pd.DataFrame, list[str]]:
    try:
        layout = recognise(read(path.read_bytes(), path.name), table_id)
    except Refusal as refusal:
        raise Refusal("strict", file=path.name, reason=refusal.text(lang)) from None
    except OSError as error:
        raise Refusal("strict", file=path.name, reason=error.strerror or str(error)) from None
    problems = Problems()
    frame = TableCheck(layout, county_code, problems, None, time.thread_time()).frame()
    found = problems.frame()
    fatal = found["rule"].isin(_WRONG_TYPE) | (
        (found["rule"] == "missing_column") & found["column"].isin(tables()[table_id].key)
    )
    if fatal.any():
        raise Refusal("strict", file=path.name, reason=_sentences(found[fatal], lang)[0])
    colon = "：" if lang == "zh" else ": "
    said = found[~fatal & ~found["rule"].isin(_UNSAID)]
    return frame.reset_index(drop=True), [f"{path.name}{colon}{sentence}" for sentence in _sentences(said, lang)]


def _sentences(problems: pd.DataFrame, lang: str) -> list[str]:
    """Return one sentence per rule and column: the first case in full, and in which rows the others are."""
    rules = rule_book().by_id
    row_words, column_words, more_words = _WORDS[lang]
    result = []
    for _, group in problems.groupby(["rule", "column", "header"], sort=False):
        first: dict[str, Any] = {str(name): value for name, value in group.iloc[0].items()}
        where = "" if pd.isna(first["row"]) else row_words.format(row=first["row"])
        named = first["column"] or first["header"]
        column = column_words.format(column=named) if named else ""
        others = group["row"].dropna().astype(int).tolist()[1:]
        shown = ", ".join(map(str, others[:5])) + (" ..." if len(others) > 5 else "")
        said = rules[str(first["rule"])].say(lang, {**first, **first["more"]})
        result.append(where + column + said + (more_words.format(n=len(others), rows=shown) if others else ""))
    return result
