"""The `xianjie` command: serve, load, check, import, undo, look back, and compute progress.

Exit status: 0 fine, 1 refused (the reason is printed), 2 wrong use.
"""

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from data.registry import County, RegistryError, counties
from data.registry import county as find_county

app = typer.Typer(
    help="衔接看板: village-level progress against county plans. 衔接工作进展看板的命令行工具。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
plan_app = typer.Typer(help="The plans: list, show and check them. 计划：列出、查看、校验。", no_args_is_help=True)
app.add_typer(plan_app, name="plan")
snapshot_app = typer.Typer(
    help="Snapshots of meetings, to be compared with later. 调度会快照：留存、列出、移除。", no_args_is_help=True
)
app.add_typer(snapshot_app, name="snapshot")
members_app = typer.Typer(help="Who has which roles in a county. 成员与角色：添加、列出、移除。", no_args_is_help=True)
app.add_typer(members_app, name="members")
target_app = typer.Typer(
    help="Targets revised while a plan runs: set, list, undo. 年中调整目标：设定、列出、撤回。", no_args_is_help=True
)
app.add_typer(target_app, name="target")
bands_app = typer.Typer(help="The county's status bands: set, list, undo. 状态分档。", no_args_is_help=True)
app.add_typer(bands_app, name="band")
app.add_typer(bands_app, name="bands", hidden=True)  # as it was called once


class Level(StrEnum):
    """Levels of `xianjie progress`."""

    county = "county"
    township = "township"
    village = "village"


class Language(StrEnum):
    """Languages of texts."""

    zh = "zh"
    en = "en"


class Mode(StrEnum):
    """How an import meets stored rows."""

    REPLACE = "replace"
    PERIOD = "period"
    MERGE = "merge"


class Form(StrEnum):
    """Formats of `xianjie brief`."""

    docx = "docx"
    pptx = "pptx"
    xlsx = "xlsx"
    townships = "townships"
    html = "html"


class LogForm(StrEnum):
    """Formats of `xianjie audit`."""

    csv = "csv"
    xlsx = "xlsx"
    json = "json"


class Dataset(StrEnum):
    """What may be imported besides tables."""

    boundaries = "boundaries"


CountyOption = Annotated[str, typer.Option("--county", "-c", help="County: slug (banan) or six-digit code (500113).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON only, for programs.")]
ActorOption = Annotated[
    str, typer.Option("--actor", help="Who does it: name and office, kept in the history.", envvar="XIANJIE_ACTOR")
]
TableOption = Annotated[
    str | None, typer.Option("--table", help="Upload table, id or Chinese name; recognised by its headers without it.")
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", help="Sheet of a workbook; without it the one that fits, and all of its form.")
]
OursOption = Annotated[
    bool, typer.Option("--ours", help="The file is this county's, although its places look like another's.")
]
OlderOption = Annotated[
    bool, typer.Option("--older", help="A list of problems counts although something newer is stored of them.")
]
NumberOption = Annotated[
    bool,
    typer.Option(
        "--number-by-name",
        help="Number the projects of a list without numbers by year, place and name; a stored one keeps its number.",
    ),
]
NoteOption = Annotated[str, typer.Option("--note", help="Why, kept in the history.")]
LangOption = Annotated[Language, typer.Option("--lang", help="Language of sentences: zh or en.")]


def refuse(message: str, *, as_json: bool = False) -> NoReturn:
    """Print why something is refused, with `as_json` as an object on stdout too, and end with status 1."""
    if as_json:
        problem = {"row": None, "col": None, "value": "", "rule": "refused", "severity": "refusal", "message": message}
        _print_json({"outcome": "reject", "problems": [problem]})
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _county(text: str) -> County:
    try:
        return find_county(text)
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0])) from error


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"'{text}' 不是日期，请写成 2023-09-30。 It is not a date: write it as 2023-09-30"
        ) from error


def _plan(text: str, *, as_json: bool = False) -> Any:
    from data.plan import PlanError, load_plan

    try:
        return load_plan(text)
    except FileNotFoundError as error:
        raise typer.BadParameter(str(error)) from error
    except PlanError as error:
        refuse(str(error), as_json=as_json)


def _own_plan(plan: Any, entry: County) -> None:
    if plan.county_code != entry.code:
        wrong = f"计划 {plan.id} 属于 {plan.county_code}，不属于 {entry.code}。"
        raise typer.BadParameter(f"{wrong} The plan belongs to {plan.county_code}, not to {entry.code}")


def _plan_of(entry: County, plan: str | None, *, as_json: bool) -> Any:
    """Return the plan asked for, which must be the county's; its first if none is."""
    loaded = _plan(plan or entry.plans[0], as_json=as_json)
    _own_plan(loaded, entry)
    return loaded


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=None, default=str) + "\n")


def _table(rows: Iterable[dict[str, Any]], columns: dict[str, str]) -> None:
    """Print rows as aligned columns; a Chinese character is two cells wide."""
    from unicodedata import east_asian_width

    def width(text: str) -> int:
        return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)

    cells = [list(columns.values()), *([("" if r[c] is None else str(r[c])) for c in columns] for r in rows)]
    widths = [max(width(row[k]) for row in cells) for k in range(len(columns))]
    for row in cells:
        line = "  ".join(text + " " * (w - width(text)) for text, w in zip(row, widths, strict=True))
        typer.echo(line.rstrip())


# ---- serving ---------------------------------------------------------------------------------------------------------


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for the whole intranet.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8501,
) -> None:
    """Serve the dashboards: one address per county, until stopped with Ctrl-C. 启动看板服务。"""
    from components.server.run import serve as run
    from data import upload_words
    from data.language import translator
    from data.registry import here
    from data.store import NewerDataError, StoreError, open_store

    here()  # what is wrong with the list of counties is said here in a sentence, not by the server in its log
    try:
        open_store().close()
    except NewerDataError as error:
        refuse(" ".join(upload_words.refusal(error, translator(lang)) for lang in ("zh", "en")))
    except StoreError as error:  # a database may come later; until then pages say that it is away
        typer.echo(str(error), err=True)
    run(host, port)


@app.command()
def demo(
    county: Annotated[
        str | None,
        typer.Option("--county", "-c", help="Only this county (slug or code); without it, all that hold no data yet."),
    ] = None,
    if_unused: Annotated[
        bool, typer.Option("--if-unused", help="Do nothing once anybody imported or undid something of their own.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Load the marked sample data (示例数据) through the same checks and store as any upload. 导入示例数据。"""
    from data import demo as loading
    from data.store import StoreError

    store = _store(as_json=as_json)
    loaded = []
    try:
        if if_unused:
            lacking = loading.lacking(store)
            chosen = [entry for entry in lacking if county is None or entry == _county(county)]
        elif county is not None:
            chosen = [_county(county)]
        else:
            chosen = []
            for entry in loading.with_sample():
                if loading.held(store, entry) in {loading.Held.NOTHING, loading.Held.PART}:
                    chosen.append(entry)
                else:
                    told = "已有数据，跳过。 It holds data already and is left as it is."
                    typer.echo(f"{entry.name_zh} ({entry.slug}) {told}", err=True)
        if chosen:
            with typer.progressbar(length=len(chosen) * loading.STEPS, label="示例数据", file=sys.stderr) as bar:
                for entry in chosen:
                    loaded.append(loading.load(store, entry, advance=bar.update))  # noqa: PERF401 - one bar for all
    except (loading.NoSampleError, loading.NotEmptyError, StoreError) as error:
        refuse(str(error), as_json=as_json)
    if as_json:
        _print_json(loaded)
        return
    for entry, counts in zip(chosen, loaded, strict=True):
        typer.echo(f"{entry.name_zh} {entry.name_en}: {counts['rows']} rows in {counts['batches']} batches")


@app.command(name="counties")
def list_counties(as_json: JsonOption = False) -> None:
    """List the counties, and whether each has all it needs: plans, village list. 列出县区，并检查是否配置齐全。"""
    from data.setup import setups

    found = setups()
    if as_json:
        _print_json([asdict(one) for one in found])
    else:
        columns = {"slug": "address", "code": "code", "name": "name", "plans": "plans", "indicators": "indicators",
                   "townships": "townships", "villages": "villages", "shapes": "shapes"}  # fmt: skip
        _table([asdict(one) | {"plans": " ".join(one.plans)} for one in found], columns)
        for one in found:
            for problem in one.problems:
                typer.echo(f"{one.name} ({one.slug}): {problem}", err=True)
    if any(one.problems for one in found):
        raise typer.Exit(1)


# ---- tables ----------------------------------------------------------------------------------------------------------


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or Excel file.")],
    county: Annotated[str | None, typer.Option("--county", "-c", help="County whose villages are meant.")] = None,
    table: TableOption = None,
    period: Annotated[str | None, typer.Option(help="Month of a file without dates, 2023-09.")] = None,
    sheet: SheetOption = None,
    ours: OursOption = False,
    older: OlderOption = False,
    number_by_name: NumberOption = False,
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Check a file without storing anything: what was understood, repaired and refused. 校验文件，不入库。"""
    from data.covering import covered
    from data.intake.corrections import Corrections
    from data.intake.numbering import BY_NAMES

    entry = _county(county) if county else None
    month = _month(period) if period else None
    said = Corrections(sheet=sheet, options=BY_NAMES if number_by_name else {}, ours=ours, older=older)
    checked, left_out = _checked(entry, file, _table_id(table), month, said, lang)
    checked = covered(checked)  # a nightly job writes what is printed to its log
    if as_json:
        _print_json(checked.to_json(lang.value) | {"not_checked": left_out})
    else:
        _print_checked(checked, lang.value)
    if checked.outcome == "reject":
        raise typer.Exit(1)


@app.command(name="import")
def import_(
    county: CountyOption,
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="CSV, Excel or GeoJSON file.")
    ] = None,
    table: TableOption = None,
    sheet: SheetOption = None,
    dataset: Annotated[
        Dataset | None, typer.Option(help="boundaries: FILE is GeoJSON with the county's own village boundaries.")
    ] = None,
    mode: Annotated[
        Mode | None,
        typer.Option(
            help="replace (the file's months in its townships), period (its months in all of the county) or merge "
            "(rows with the same key)."
        ),
    ] = None,
    nil: Annotated[str | None, typer.Option(help="Nil return (零报告) for this table; needs --period.")] = None,
    period: Annotated[
        list[str] | None,
        typer.Option(
            help="Month, 2023-09, may be repeated: of a nil return; of a file without dates; of another file only its "
            "rows of these months are taken."
        ),
    ] = None,
    township: Annotated[
        list[str] | None,
        typer.Option(
            help="Township, code or name, may be repeated: of a nil return; of a file only its rows of these townships "
            "are taken. All without it."
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Import a file even though the same one counts already.")
    ] = False,
    ours: OursOption = False,
    older: OlderOption = False,
    number_by_name: NumberOption = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Confirm that stored rows end, or that the newest data date leaps; refused else."),
    ] = False,
    note: NoteOption = "",
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Check a file and commit it, all or nothing. 校验并导入文件，全部成功或全部不入库。"""
    from data import beside, boundary_upload, preview, upload, upload_words
    from data.covering import covered
    from data.extent import Extent
    from data.intake.check import day_in_china
    from data.intake.corrections import Corrections
    from data.intake.numbering import BY_NAMES
    from data.language import translator
    from data.store import StoreError
    from data.tables import tables

    _ = translator(lang.value)
    entry, table_id = _county(county), _table_id(table)
    who = upload.Actor(actor, verified=False)
    if (file is None) == (nil is None):
        told = "请给出要导入的文件 FILE，或用 --nil 报表 --period 2023-09，二者择一。"
        raise typer.BadParameter(told + " Give a FILE to import, or --nil TABLE with --period 2023-09, and not both")
    raw, name = (file.read_bytes(), file.name) if file else (b"", "")
    more: dict[str, Any] = {}

    def confirmed(doubts: list[str]) -> None:
        """Ask for what the upload page has a tick for."""
        for told in doubts:
            typer.echo(told, err=True)
        if doubts and not yes:
            refuse(_("Refused: nothing was stored. Give --yes if this is meant."), as_json=as_json)

    months = [_month(text) for text in period or []]
    try:
        if nil is not None:
            chosen = _required_table(nil)
            if tables()[chosen].dated and not months:
                told = f"{tables()[chosen].name_zh}按月报送，请用 --period 2023-09 写明月份。"
                raise typer.BadParameter(f"{told} {chosen} is reported by month: say which with --period 2023-09")
            store = _writable(lang, as_json=as_json)
            scope = upload.nil_scope(entry, chosen, months, township or [])
            if n := preview.ending(preview.stored(store, entry, chosen).by_scope(), scope):
                confirmed([_("{n} stored rows end.", n=n)])
            with _progress(as_json=as_json) as tell:
                batch = upload.nil_return(store, entry, chosen, months, township or [], who, note, tell)
        elif dataset is not None:
            store = _writable(lang, as_json=as_json)
            batch, report = boundary_upload.replace_boundaries(store, entry, raw, name, who, note, again=again)
            more["match"] = asdict(report)
            typer.echo(boundary_upload.match_text(report, entry, _), err=True)
        else:
            store = _writable(lang, as_json=as_json)
            newest = upload.newest_date(store, entry)
            before = upload.remembered(store.batches(entry.code))
            month = months[0] if len(months) == 1 else None
            stored = beside.stored(store, entry)
            said = Corrections(sheet=sheet, options=BY_NAMES if number_by_name else {}, ours=ours, older=older)
            checked = upload.check(entry, raw, name, table_id, newest, month, said, before, stored)
            checked = checked.for_storing()
            if checked.undated and len(months) > 1:
                told = "没有日期列的文件只能属于一个月，请只写一个 --period。"
                raise typer.BadParameter(f"{told} A file without dates is of one month: give one --period")
            told_of = covered(checked)
            if not checked.ok:
                if as_json:
                    _print_json(told_of.to_json(lang.value))
                _print_checked(told_of, lang.value, err=True)
                refuse(_("Refused: nothing was stored."))
            for line in (*told_of.notices(lang.value), *told_of.problem_lines(lang.value, only="warning")):
                typer.echo(line, err=True)
            chosen = str(checked.table)
            extent = Extent.of_file(
                checked,
                mode.value if mode else None,
                frozenset(months) if months and not checked.undated else None,
                frozenset(upload.township_codes(entry, township)) if township else None,
            )
            seen_at, doubts = store.version(entry.code, chosen), []
            if newest and (newer := upload.newer_date(checked, newest)):
                told = upload_words.moves(newer, newest, _)
                if upload.leaps(newer, newest, day_in_china()):
                    doubts.append(told)
                else:
                    typer.echo(told, err=True)
            rows = preview.placed(chosen, checked.frame, entry.code)
            taken = extent.of(rows)
            if left := len(rows.frame) - len(taken.frame):
                told = _("{n} rows of the file are of other months or townships and are left out.", n=left)
                typer.echo(told, err=True)
            scope, old = extent.scope(rows), preview.stored(store, entry, chosen)
            if extent.stored_mode == "merge":
                left_alone = preview.staying(old, taken, scope)
                for told in upload_words.staying(left_alone, tables()[chosen], entry, _):
                    typer.echo(told, err=True)
            elif n := preview.compare(old, taken, scope).removed:
                doubts.append(
                    _("{n} stored rows of these months and townships are not in the file and would end.", n=n)
                )
            confirmed(doubts)
            with _progress(as_json=as_json) as tell:
                batch = upload.commit(
                    store, entry, checked, raw, who, note=note, extent=extent, again=again, seen_at=seen_at, tell=tell
                )
    except (StoreError, upload_words.UploadError) as error:
        refuse(upload_words.refusal(error, _), as_json=as_json)
    _print_batch(batch, lang, as_json=as_json, **more)
    _tell_if_figures_follow(store, entry, batch, _)


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Callable[[float], None]]:
    """Show a bar on a terminal while something is stored and computed; programs and logs are told nothing."""
    if as_json or not sys.stderr.isatty():
        yield lambda _share: None
        return
    with typer.progressbar(length=100, label="入库并推算", file=sys.stderr) as bar:
        yield lambda share: bar.update(max(0, round(100 * share) - bar.pos))


def _tell_if_figures_follow(store: Any, entry: County, batch: Any, _: Any) -> None:
    from data import upload
    from data.tables import tables

    if batch.table in tables() and upload.figures_follow(store, entry):
        told = _("Stored as batch {n}; the figures follow: a running server computes them by itself.", n=batch.number)
        typer.echo(told, err=True)


@app.command()
def undo(
    county: CountyOption,
    batch: Annotated[int, typer.Argument(help="Number of the batch, from `xianjie history`.")],
    note: NoteOption = "",
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Take back a committed batch; refused, naming them, if later batches touched the same rows. 撤销一次导入。"""
    from data import upload, upload_words
    from data.language import translator
    from data.store import StoreError

    _, entry, store = translator(lang.value), _county(county), _store(lang, as_json=as_json)
    try:
        with _progress(as_json=as_json) as tell:
            result = upload.undo(store, entry, batch, upload.Actor(actor, verified=False), note, tell)
    except (StoreError, upload_words.UploadError) as error:
        refuse(upload_words.refusal(error, _), as_json=as_json)
    _print_batch(result, lang, as_json=as_json)
    _tell_if_figures_follow(store, entry, result, _)


@app.command()
def history(
    county: Annotated[
        str | None, typer.Option("--county", "-c", help="County: slug (banan) or six-digit code (500113).")
    ] = None,
    code: Annotated[
        str | None, typer.Option("--code", help="Code of a document, banan-31: only what its figures rest on.")
    ] = None,
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """List what was imported and undone, newest first: when, who, which file, how many rows. 导入记录。"""
    from data import upload_words
    from data.language import translator
    from data.past import stamp

    _ = translator(lang.value)
    slug, version = _document(code, county)
    batches = _store(lang, as_json=as_json).batches(_county(slug).code, version=version)
    if as_json:
        _print_json([_batch_record(batch) for batch in batches])
        return
    rows, superseded = [], upload_words.superseded(batches, _)
    for batch in batches:
        state = superseded.get(batch.batch_id, _("counts"))
        months = [p for p in batch.scope.periods if p != "-"]
        span = "" if not months else months[0] if len(months) == 1 else f"{months[0]}..{months[-1]}"
        at, who = stamp(batch.at), upload_words.signed(batch.actor, _, verified=batch.verified)
        what, table = _(upload_words.ACTIONS[batch.action]), upload_words.table_name(batch.table, _)
        rows.append({"batch": batch.number, "at": at, "action": what, "table": table, "rows": batch.rows,
                     "months": span, "actor": who, "file": upload_words.came_as(batch, _), "state": state})  # fmt: skip
    heads = {"batch": _("No."), "at": _("When"), "action": _("What"), "table": _("Upload table"), "rows": _("Rows")}
    heads |= {"months": _("Months"), "actor": _("Who"), "file": _("File"), "state": _("State")}
    _table(rows, heads)


def _document(code: str | None, county: str | None) -> tuple[str, int | None]:
    """Return the county and the version of the data that a document's code names; without one, None is the newest."""
    if code is None:
        if county is None:
            raise typer.BadParameter("请给出 --county 或 --code。 Give --county or --code")
        return county, None
    slug, dash, number = code.rpartition("-")
    if not (dash and number.isdigit()):
        raise typer.BadParameter(
            f"'{code}' 不是文稿代码，如 banan-31。 Not the code of a document", param_hint="--code"
        )
    if county is not None and _county(county) != _county(slug):
        raise typer.BadParameter("代码属于另一县区。 The code is of another county", param_hint="--code")
    return slug, int(number)


def _store(lang: Language = Language.zh, *, as_json: bool = False) -> Any:
    from data import upload_words
    from data.language import translator
    from data.store import StoreError, open_store

    try:
        return open_store()
    except StoreError as error:
        refuse(upload_words.refusal(error, translator(lang.value)), as_json=as_json)


def _writable(lang: Language, *, as_json: bool) -> Any:
    """Open the store for a change; a read-only one refuses before anything is said about the file."""
    from data.store import ReadOnlyError

    store = _store(lang, as_json=as_json)
    if store.read_only:
        raise ReadOnlyError
    return store


def _batch_record(batch: Any) -> dict[str, Any]:
    """Return a batch for programs, which name batches as people do; the version of the data it made stands beside."""
    record = asdict(batch)
    scope, version = record.pop("scope"), record.pop("batch_id")
    numbers = {name: record.pop(f"{name}_number") for name in ("undoes", "undone_by")}
    return (
        {"batch": record.pop("number"), "version": version}
        | record
        | numbers
        | {
            "at": batch.at.isoformat(),
            "active": batch.active,
            "periods": list(scope["periods"]),
            "townships": list(scope["townships"]),
            "items": list(scope["items"]),
        }
    )


def _print_batch(batch: Any, lang: Language, *, as_json: bool, **more: object) -> None:
    from data import upload_words
    from data.language import translator

    if as_json:
        _print_json(_batch_record(batch) | more)
        return
    _ = translator(lang.value)
    if batch.action == "undo":
        counts = _("{n} rows back, {m} taken away", n=batch.added, m=batch.removed)
    else:
        counts = _("{rows} rows: {new} new, {changed} changed, {equal} equal; {removed} removed", rows=batch.rows,
                   new=batch.added, changed=batch.changed, equal=batch.unchanged, removed=batch.removed)  # fmt: skip
    typer.echo(f"{upload_words.described(batch, _)}\n{counts}")


def _month(text: str) -> str:
    try:
        return f"{dt.datetime.strptime(text, '%Y-%m'):%Y-%m}"  # noqa: DTZ007 - a month has no time zone
    except ValueError as error:
        raise typer.BadParameter(
            f"'{text}' 不是月份，请写成 2023-09。 It is not a month: write it as 2023-09"
        ) from error


def _table_id(text: str | None) -> str | None:
    return _required_table(text) if text else None


def _required_table(text: str) -> str:
    from data.tables import tables

    for table in tables().values():
        if text in {table.id, table.name_zh}:
            return table.id
    known = ", ".join(f"{table.id} {table.name_zh}" for table in tables().values())
    raise typer.BadParameter(f"没有报表 no table '{text}'; 可用 known: {known}")


def _checked(
    entry: County | None,
    file: Path,
    table: str | None,
    month: str | None,
    said: Any,
    lang: Language,
) -> tuple[Any, list[str]]:
    """Check a file, against the store if there is one; return the ids of the rules that could not be checked too."""
    from data import beside, upload, upload_words
    from data.intake import check_file, rule_book
    from data.language import translator
    from data.store import StoreError, open_store, stands

    _, raw, name = translator(lang.value), file.read_bytes(), file.name
    book = rule_book()
    rules = [*book.against.rules, "ahead_of_data"]
    reason = _("no county is named (--county)") if entry is None else _("there is no store here")
    if entry and stands():
        try:
            with open_store() as store:
                newest, before = upload.newest_date(store, entry), upload.remembered(store.batches(entry.code))
                stored = beside.stored(store, entry)
                found = upload.check(entry, raw, name, table, newest, month, said, before, stored)
        except StoreError as error:
            reason = upload_words.refusal(error, _)
        else:
            return found, [] if found.ok else list(book.against.rules)
    found = check_file(raw, name, entry.code if entry else None, table, period=month, said=said)
    if found.ok:
        names = _(", ").join(book.by_id[rule].name(lang.value) for rule in rules)
        told = _("Not held against what is stored, as {reason}. Rules left out: {rules}", reason=reason, rules=names)
        typer.echo(told, err=True)
    return found, rules


def _print_checked(checked: Any, lang: str, *, err: bool = False) -> None:
    typer.echo(checked.summary(lang), err=err)
    for problem in checked.problem_lines(lang):
        typer.echo(problem, err=err)


# ---- progress --------------------------------------------------------------------------------------------------------


@app.command()
def progress(
    as_of: Annotated[str, typer.Option("--as-of", help="Date up to which data counts, 2023-09-30.")],
    county: Annotated[str | None, typer.Option("--county", "-c", help="County: slug or six-digit code.")] = None,
    plan: Annotated[
        str | None, typer.Option("--plan", help="Plan id or YAML file; the county's first without it.")
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="Folder with one CSV or XLSX per table; then no store is used."
        ),
    ] = None,
    level: Annotated[Level, typer.Option(help="county is the plan's top region.")] = Level.county,
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Compute progress of every indicator at a date, from the store or from a folder of tables. 计算进展。"""
    from data import report
    from data.registry import Bands

    day = _date(as_of)
    if plan is None and county is None:
        raise typer.BadParameter("请给出 --plan、--county 或二者。 Give --plan, --county or both")
    entry = _county(county) if county else None
    loaded = _plan(plan or (entry.plans[0] if entry else ""), as_json=as_json)
    if entry:
        _own_plan(loaded, entry)
    known = [c for c in counties() if c.code == loaded.county_code]
    bands = known[0].bands if known else Bands()
    if tables is not None:
        from data.intake import Refusal, read_table_dir
        from data.sources import Tables

        try:
            frames, warnings = read_table_dir(tables, loaded.county_code, lang.value)
        except Refusal as error:
            refuse(error.text(lang.value), as_json=as_json)
        for warning in warnings:
            typer.echo(warning, err=True)
        records = report.from_tables(loaded, Tables(frames), day, bands, level=level.value, lang=lang.value)
    else:
        from data import derive

        if not known:
            wrong = f"县区登记中没有 {loaded.county_code}，请用 --tables DIR。"
            raise typer.BadParameter(f"{wrong} No such county in the registry: give --tables DIR")
        records = derive.progress_at(
            _store(lang, as_json=as_json), known[0], loaded, day, level=level.value, lang=lang.value
        )
    if as_json:
        _print_json(records)
        return
    from data import wording
    from data.language import translator

    _ = translator(lang.value)

    def told(record: dict[str, Any], name: str) -> str:
        if record[name] is None:
            return ""
        if name == "gap":
            return (
                wording.points(record[name], _)
                if record[name] >= 0
                else wording.MINUS + wording.points(record[name], _)
            )
        return wording.quantity(record[name], record["unit"], _)  # the indicator's own, or % of villages

    rows = [{**r, **{name: told(r, name) for name in ("value", "target", "gap")}} for r in records]
    _table(rows, {c: c for c in ("region_name", "indicator", "value", "target", "gap", "status", "explanation")})


# ---- snapshots of meetings -------------------------------------------------------------------------------------------


@snapshot_app.command("add")
def snapshot_add(
    county: CountyOption,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Date the meeting looks at, 2023-08-31; the newest without it.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the meeting; after the month, 8月调度会, without it.")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(help="As known after this batch of `xianjie history`; as known now without it.")
    ] = None,
    note: NoteOption = "",
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Keep what a meeting looks at under its name: a date as it is known now. 留存调度会快照。"""
    from data import meetings, upload, upload_words
    from data.language import translator
    from data.store import StoreError

    _, entry = translator(lang.value), _county(county)
    day = _date(as_of) if as_of else None
    try:
        store = _writable(lang, as_json=as_json)
        new = meetings.keep(store, entry, upload.Actor(actor), _, name=name, as_of=day, note=note, batch=batch)
    except (StoreError, upload_words.UploadError) as error:
        refuse(upload_words.refusal(error, _), as_json=as_json)
    _print_snapshots([new], _, as_json=as_json)


@snapshot_app.command("list")
def snapshot_list(county: CountyOption, lang: LangOption = Language.zh, as_json: JsonOption = False) -> None:
    """List the snapshots, newest first, removed ones too. 列出调度会快照。"""
    from data.language import translator

    found = _store(lang, as_json=as_json).snapshots(_county(county).code)
    _print_snapshots(found, translator(lang.value), as_json=as_json)


@snapshot_app.command("remove")
def snapshot_remove(
    county: CountyOption,
    number: Annotated[int, typer.Argument(help="Number of the snapshot, from `xianjie snapshot list`.")],
    note: NoteOption = "",
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Take a snapshot off the list; who removed it is kept. 移除调度会快照。"""
    from data import meetings, upload, upload_words
    from data.language import translator
    from data.store import StoreError

    _, entry = translator(lang.value), _county(county)
    try:
        gone = meetings.remove(_writable(lang, as_json=as_json), entry, number, upload.Actor(actor), note)
    except StoreError as error:
        refuse(upload_words.refusal(error, _), as_json=as_json)
    _print_snapshots([gone], _, as_json=as_json)


def _print_snapshots(found: list[Any], _: Any, *, as_json: bool) -> None:
    from data.past import stamp
    from data.upload_words import signed

    if as_json:
        _print_json([asdict(s) | {"active": s.active} for s in found])
        return
    rows = [
        {"no": s.number, "name": s.name, "as_of": s.as_of, "version": s.version, "note": s.note,
         "at": stamp(s.at),
         "who": signed(s.actor, _, verified=s.verified),
         "state": _("counts") if s.active else _("removed by {who}", who=s.removed_by)}
        for s in found
    ]  # fmt: skip
    heads = {"no": _("No."), "name": _("Name of the meeting"), "as_of": _("Data up to"), "version": _("Data version")}
    heads |= {"at": _("When"), "who": _("Who"), "note": _("Note"), "state": _("State")}
    _table(rows, heads)


# ---- targets and bands -----------------------------------------------------------------------------------------------

DocumentOption = Annotated[str, typer.Option("--document", help="Number of the document that decided, or the meeting.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, kept in the history and shown on the plan page.")]
RevisionArgument = Annotated[int, typer.Argument(help="Number of the revision, from the list.")]


@target_app.command("set")
def target_set(
    county: CountyOption,
    indicator: Annotated[str, typer.Argument(help="Id of the indicator, from `xianjie plan show`.")],
    holds_from: Annotated[str, typer.Option("--from", help="First day the target holds, 2023-08-01.")],
    document: DocumentOption,
    reason: ReasonOption,
    value: Annotated[float | None, typer.Option(help="The target; as before without it.")] = None,
    whole: Annotated[float | None, typer.Option(help="Asked of the whole, where that is another figure.")] = None,
    due: Annotated[str | None, typer.Option(help="Due date, 2023-11-30; as before without it.")] = None,
    milestone: Annotated[
        list[str] | None, typer.Option(help="All milestones from then on, '2023-06-30 50'; may be repeated.")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Plan id; the county's first without it.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would do at the newest date; nothing is stored.")
    ] = False,
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Let another target hold from a day on; the one before keeps its days. 调整目标，自某日起执行。"""
    from data import in_force, targets, upload

    entry, day = _county(county), _date(holds_from)
    of_file = _plan_of(entry, plan, as_json=as_json)
    with _revision_printed(lang, as_json=as_json) as done:
        store = _store(lang, as_json=as_json) if dry_run else _writable(lang, as_json=as_json)
        in_effect = in_force.plan(store, entry.code, of_file)
        known = {i.id: i for i in in_effect.indicators}
        before = targets.asked_before(known[indicator], day) if indicator in known else None
        target = targets.Target(
            float("nan") if before is None or before.value is None else before.value if value is None else value,
            _date(due) if due else before.due if before else day,
            targets.milestones("\n".join(milestone)) if milestone else before.milestones if before else (),
            whole,
        )
        why, who = targets.Why(document, reason), upload.Actor(actor)
        if dry_run:
            new = targets.proposed(in_effect, indicator, day, target, why)
            _print_preview(targets.preview(store, entry, of_file, indicator, new), new, lang, as_json=as_json)
            return
        done.append(targets.revise(store, entry, of_file, indicator, day, target, why, who))


def _print_preview(found: Any, new: Any, lang: Language, *, as_json: bool) -> None:
    """Print what a revised target would do: how many places have which status, and which get another."""
    from collections import Counter

    from data import statuses, wording
    from data.language import translator

    _ = translator(lang.value)
    rows = [] if found is None else found.rows.astype(object).where(found.rows.notna(), None).to_dict("records")
    now, then = (Counter(row[name] for row in rows) for name in ("status", "status_new"))
    if as_json:
        shown = ["region", "value", *(f"{c}{n}" for c in ("target", "expected", "gap", "status") for n in ("", "_new"))]
        places = [{"region_name": found.names[row["region"]]} | {name: row[name] for name in shown} for row in rows]
        _print_json({"dry_run": True, "as_of": found.as_of if found else None, "from": new.from_date,
                     "statuses": now, "statuses_new": then, "places": places})  # fmt: skip
        return
    if found is None:
        typer.echo(_("Nothing was stored."))
        typer.echo(_("There are no figures yet, so nothing is said of statuses."))
        return

    def told(row: dict[str, Any], name: str, unit: str) -> str:
        both = [wording.quantity(v, unit, _) if v is not None else "–" for v in (row[name], row[f"{name}_new"])]
        return " → ".join(dict.fromkeys(both))

    moved = [row for row in rows if row["status"] != row["status_new"]]
    typer.echo(_("Nothing was stored."))
    typer.echo(_("What it would do at {day}: {n} of {m} places get another status.", day=found.as_of, n=len(moved),
                 m=len(rows)))  # fmt: skip
    if new.from_date > found.as_of:
        typer.echo(_("It would hold from {day}; at {now}, the date shown, nothing changes by it.", day=new.from_date,
                     now=found.as_of))  # fmt: skip
    counts = [{"status": _(look.word), "now": now[code], "then": then[code]}
              for code, look in statuses.LOOKS.items() if now[code] or then[code]]  # fmt: skip
    _table(counts, {"status": _("Status"), "now": _("Places now"), "then": _("Places then")})
    if not moved:
        return
    changed = [
        {
            "place": found.names[row["region"]],
            "target": told(row, "target", row["unit"]),
            "gap": told(row, "gap", ""),
            "status": " → ".join(statuses.word(row[name], row["rule"], _) for name in ("status", "status_new")),
        }
        for row in moved
    ]
    heads = {"place": _("Place"), "target": _("Target"), "gap": _("Gap"), "status": _("Status: now → then")}
    typer.echo("")
    _table(changed, heads)


@target_app.command("list")
def target_list(county: CountyOption, lang: LangOption = Language.zh, as_json: JsonOption = False) -> None:
    """List the revised targets, newest first, those taken back too. 列出目标调整。"""
    from data import plan_words
    from data.language import translator
    from data.plan import load_plan
    from data.store import StoreError

    _, entry = translator(lang.value), _county(county)
    plans = {plan_id: load_plan(plan_id) for plan_id in entry.plans}
    try:
        store = _store(lang, as_json=as_json)
        found, batches = store.target_revisions(entry.code, ever=True), store.batches(entry.code)
    except StoreError as error:
        _refuse_revision(error, lang, as_json=as_json)
    rows = []
    for one in found:
        plan = plans.get(one.plan_id)
        known = next((i for i in plan.indicators if i.id == one.indicator), None) if plan else None
        said = plan_words.asked_words(known, one.revision, plan, _) if plan and known else ""
        content = one.revision.model_dump(mode="json", by_alias=True, exclude={"clause", "note"})
        rows.append({"plan": one.plan_id, "indicator": one.indicator, "said": said, **content}
                    | _revision_record(one.batch, one.revision.clause, counts=one.counts))  # fmt: skip
    heads = {"indicator": _("Indicator"), "from": _("Holds from"), "said": _("Target")}
    _print_revisions(rows, heads, batches, _, as_json=as_json)


@target_app.command("undo")
def target_undo(
    county: CountyOption,
    number: RevisionArgument,
    note: NoteOption = "",
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Take back a revised target; what held before holds again. 撤回目标调整。"""
    from data.store import TARGETS

    _undo_revision(county, number, TARGETS, note, actor, lang, as_json=as_json)


@bands_app.command("set")
def bands_set(
    county: CountyOption,
    slightly_behind: Annotated[float, typer.Option(help="Down to so many points slightly behind, -5.")],
    behind: Annotated[float, typer.Option(help="Down to so many points behind, -10; below it far behind.")],
    document: DocumentOption,
    reason: ReasonOption,
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Set the edges of the county's status bands, in percentage points. 设定状态分档。"""
    from data import targets, upload

    entry, why = _county(county), targets.Why(document, reason)
    with _revision_printed(lang, as_json=as_json) as done:
        store = _writable(lang, as_json=as_json)
        done.append(targets.revise_bands(store, entry, slightly_behind, behind, why, upload.Actor(actor)))


@bands_app.command("list")
def bands_list(county: CountyOption, lang: LangOption = Language.zh, as_json: JsonOption = False) -> None:
    """List the edges set by page or command, newest first, after those in force. 列出状态分档。"""
    from data import in_force
    from data.language import translator
    from data.store import StoreError

    _, entry = translator(lang.value), _county(county)
    try:
        store = _store(lang, as_json=as_json)
        now, found = in_force.bands(store, entry), store.band_revisions(entry.code, ever=True)
        batches = store.batches(entry.code)
    except StoreError as error:
        _refuse_revision(error, lang, as_json=as_json)
    rows = [one.bands.model_dump() | _revision_record(one.batch, one.document, counts=one.counts) for one in found]
    if as_json:
        _print_json({"in_force": now.model_dump(), "revisions": rows})
        return
    typer.echo(_("In force: slightly behind to {low}, behind to {lower} points", low=f"{now.slightly_behind:g}",
                 lower=f"{now.behind:g}"))  # fmt: skip
    heads = {"slightly_behind": _("Slightly behind"), "behind": _("Behind")}
    _print_revisions(rows, heads, batches, _, as_json=as_json)


@bands_app.command("undo")
def bands_undo(
    county: CountyOption,
    number: RevisionArgument,
    note: NoteOption = "",
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Take back edges that were set; those before hold again. 撤回状态分档。"""
    from data.store import BANDS

    _undo_revision(county, number, BANDS, note, actor, lang, as_json=as_json)


def _undo_revision(
    county: str, number: int, table: str, note: str, actor: str, lang: Language, *, as_json: bool
) -> None:
    from data import targets, upload

    entry = _county(county)
    with _revision_printed(lang, as_json=as_json) as done:
        store = _writable(lang, as_json=as_json)
        done.append(targets.undo(store, entry, number, table, upload.Actor(actor), note))


@contextmanager
def _revision_printed(lang: Language, *, as_json: bool) -> Iterator[list[Any]]:
    """Print the batch that is put into the list, or why there is none."""
    from data.store import StoreError
    from data.upload_words import UploadError

    done: list[Any] = []
    try:
        yield done
    except (StoreError, UploadError) as error:
        _refuse_revision(error, lang, as_json=as_json)
    for batch in done:
        _print_batch(batch, lang, as_json=as_json)


def _refuse_revision(error: Exception, lang: Language, *, as_json: bool) -> NoReturn:
    from data import upload_words
    from data.language import translator

    refuse(upload_words.refusal(error, translator(lang.value)), as_json=as_json)


def _revision_record(batch: Any, document: str, *, counts: bool) -> dict[str, Any]:
    return {"no": batch.number, "document": document, "reason": batch.note, "who": batch.actor,
            "verified": batch.verified, "at": batch.at.isoformat(), "counts": counts}  # fmt: skip


def _print_revisions(
    rows: list[dict[str, Any]], heads: dict[str, str], batches: list[Any], _: Any, *, as_json: bool
) -> None:
    from data.past import stamp
    from data.upload_words import signed, superseded

    if as_json:
        _print_json(rows)
        return
    ended, ids = superseded(batches, _), {batch.number: batch.batch_id for batch in batches}
    shown = [
        row | {"at": stamp(dt.datetime.fromisoformat(row["at"])),
               "who": signed(row["who"], _, verified=row["verified"]),
               "state": ended.get(ids[row["no"]]) or (_("counts") if row["counts"] else _("replaced"))}
        for row in rows
    ]  # fmt: skip
    more = {"document": _("Document"), "reason": _("Reason"), "who": _("Who"), "at": _("When"), "state": _("State")}
    _table(shown, {"no": _("No."), **heads, **more})


# ---- running it ------------------------------------------------------------------------------------------------------


@app.command()
def backup(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", file_okay=False, help="Folder to write it to; XIANJIE_HOME/backups without it."),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, help="How many backups stay in the folder, this one counted; all without it."),
    ] = None,
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Back up all counties into one file while the server runs, and read it again. 备份全部县区（不停机）。"""
    from data.backup import back_up
    from data.home import home
    from data.language import translator
    from data.store import owner_address

    _ = translator(lang.value)
    with _in_words(_, as_json=as_json):
        made = back_up(owner_address(), home(), output, keep)
    if as_json:
        _print_json({"file": str(made.file), "bytes": made.bytes, "removed": [str(path) for path in made.removed]}
                    | made.manifest.model_dump(mode="json"))  # fmt: skip
        return
    typer.echo(_("Backed up: {file} ({rows} rows, {size} MB), read again and found whole.", file=made.file,
                 rows=f"{made.manifest.rows:,}", size=f"{made.bytes / 1e6:.1f}"))  # fmt: skip
    for path in made.removed:
        typer.echo(_("Older backup deleted: {file}", file=path))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The backup, a file of `xianjie backup`.")],
    only_check: Annotated[
        bool, typer.Option("--check", help="Only read all of it, and say whether it is whole; nothing is written.")
    ] = False,
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup into an empty store and folder, every row compared; refused elsewhere. 从备份恢复到空库。"""
    from data import backup as backups
    from data.backup.work import check as whole
    from data.home import home
    from data.language import translator
    from data.store import owner_address

    _ = translator(lang.value)
    with _in_words(_, as_json=as_json):
        if only_check:
            manifest = whole(file)
            if as_json:
                _print_json({"file": str(file)} | manifest.model_dump(mode="json"))
                return
            typer.echo(_("Whole: {file}, of {at} (China), {rows} rows, written by release {version}.", file=file,
                         at=_stamped(manifest.at), rows=f"{manifest.rows:,}", version=manifest.program))  # fmt: skip
            return
        done = backups.restore(file, owner_address(), home())
    if as_json:
        _print_json(asdict(done))
        return
    typer.echo(_("Restored into {place}: {rows} rows, each compared with the backup.", place=done.place,
                 rows=f"{sum(done.rows.values()):,}"))  # fmt: skip
    for name in done.files:
        typer.echo(_("This release differs from the backup's in {file}; if it was changed by hand, copy it back.",
                     file=name))  # fmt: skip


@app.command(name="migrate-store")
def migrate_store(
    to: Annotated[
        str,
        typer.Option(
            "--to", help="The empty database: postgresql://user:password@host/database, or sqlite:////folder/store.db."
        ),
    ],
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Copy the store into an empty database of either kind, every row compared. 把数据迁移到另一数据库。"""
    from data.backup import copy_store
    from data.language import translator
    from data.store import owner_address

    _ = translator(lang.value)
    with _in_words(_, as_json=as_json):
        done = copy_store(owner_address(), to)
    if as_json:
        _print_json(asdict(done))
        return
    typer.echo(_("Copied into {place}: {rows} rows, each compared; the old store is as it was. Set "
                 "XIANJIE_DATABASE_URL to the address after --to (where that account only owns the tables, "
                 "XIANJIE_DATABASE_OWNER_URL) and start the server.", place=done.place,
                 rows=f"{sum(done.rows.values()):,}"))  # fmt: skip


@app.command()
def status(
    server: Annotated[
        str, typer.Option("--server", help="Address of the running server, asked how it does.")
    ] = "http://127.0.0.1:8501",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Say how the deployment stands: release, database, backup, and how the server does. 运行状况。"""
    from urllib.error import URLError
    from urllib.request import urlopen

    from data import operation, operation_words
    from data.language import translator

    _, store = translator(lang.value), _store(lang, as_json=as_json)
    try:
        with urlopen(f"{server.rstrip('/')}/metrics", timeout=10) as answer:  # noqa: S310 - the operator's own address
            load = operation.load_of(answer.read().decode())
    except (URLError, TimeoutError, ConnectionError, ValueError):
        load = None
    with _in_words(_, as_json=as_json):
        found = operation.standing(store, {entry.slug: entry.code for entry in counties()})
    if as_json:
        _print_json(operation.as_json(found, load))
        return
    for line in operation_words.told(found, load, _):
        typer.echo(line)


@contextmanager
def _in_words(_: Any, *, as_json: bool) -> Iterator[None]:
    """Refuse in words what cannot be backed up, restored or reached."""
    from data import upload_words
    from data.backup import BackupError
    from data.store import StoreError

    try:
        yield
    except BackupError as error:
        refuse(error.told(_), as_json=as_json)
    except StoreError as error:
        refuse(upload_words.refusal(error, _), as_json=as_json)


def _stamped(at: dt.datetime) -> str:
    from data.past import stamp

    return stamp(at)


# ---- who may do what, and what happened ------------------------------------------------------------------------------

AccountArgument = Annotated[
    str, typer.Argument(help="Account as the sign-in or the gateway names it; page `members` and the log show it.")
]
RoleOption = Annotated[str, typer.Option("--role", help="Role: see `xianjie members roles`.")]


@members_app.command("roles")
def members_roles(lang: LangOption = Language.zh, as_json: JsonOption = False) -> None:
    """List the roles and what each may do. 列出角色及其权限。"""
    from data.access import roles
    from data.language import translator

    _, known = translator(lang.value), roles()
    given = {name: role for name, role in known.roles.items() if role.given}
    if as_json:
        _print_json({name: role.model_dump(mode="json") for name, role in given.items()})
        return
    rows = [
        {"id": name, "name": role.name(lang.value),
         "may": _(", ").join(known.actions[action].name(lang.value) for action in role.may)}
        for name, role in given.items()
    ]  # fmt: skip
    _table(rows, {"id": _("Role"), "name": _("Name"), "may": _("May")})


@members_app.command("add")
def members_add(
    county: CountyOption,
    account: AccountArgument,
    role: RoleOption,
    township: Annotated[
        list[str] | None, typer.Option(help="Township of a township clerk, code or name; may be repeated.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name and office, for people to read.")] = "",
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Give somebody a role, beside those they have; so the first administrator is made. 授予角色。"""
    from data.access import Grant

    def more(had: tuple[Any, ...], towns: tuple[str, ...]) -> list[Any]:
        return [*had, Grant(role, towns)]

    _set_member(county, account, more, township, name, actor, lang, as_json=as_json)


@members_app.command("remove")
def members_remove(
    county: CountyOption,
    account: AccountArgument,
    role: Annotated[str | None, typer.Option("--role", help="Only this role; all without it.")] = None,
    actor: ActorOption = "command line",
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Take a role from somebody, or all. 收回角色。"""

    def fewer(had: tuple[Any, ...], _towns: tuple[str, ...]) -> list[Any]:
        if role is not None and all(grant.role != role for grant in had):
            held = ", ".join(grant.role for grant in had) or "-"
            raise typer.BadParameter(f"没有该角色，现有 held: {held}", param_hint="--role")
        return [grant for grant in had if role is not None and grant.role != role]

    _set_member(county, account, fewer, None, "", actor, lang, as_json=as_json)


@members_app.command("list")
def members_list(county: CountyOption, lang: LangOption = Language.zh, as_json: JsonOption = False) -> None:
    """List who has which roles, by whom and since when. 列出成员。"""
    found = _store(lang, as_json=as_json).members(_county(county).code)
    _print_members(found, lang, as_json=as_json)


def _set_member(
    county: str,
    account: str,
    change: Callable[[tuple[Any, ...], tuple[str, ...]], list[Any]],
    township: list[str] | None,
    name: str,
    actor: str,
    lang: Language,
    *,
    as_json: bool,
) -> None:
    from data import upload, upload_words
    from data.language import translator
    from data.store import MemberRefusedError, StoreError

    entry = _county(county)
    try:
        store = _writable(lang, as_json=as_json)
        towns = tuple(f"{code}000" for code in upload.township_codes(entry, township)) if township else ()
        had = next((one.grants for one in store.members(entry.code, account.strip())), ())
        new = store.set_member(entry.code, account, change(had, towns), actor, name=name)
    except (StoreError, upload_words.UploadError) as error:
        _ = translator(lang.value)
        no_role = isinstance(error, MemberRefusedError) and error.why == "no_role"
        hint = [_("Those there are: xianjie members roles.")] if no_role else []
        refuse(" ".join([upload_words.refusal(error, _), *hint]), as_json=as_json)
    _print_members([new], lang, as_json=as_json)


def _print_members(found: list[Any], lang: Language, *, as_json: bool) -> None:
    from data.audit_words import roles_named
    from data.language import translator
    from data.past import stamp
    from data.upload_words import acted

    if as_json:
        _print_json([asdict(one) | {"at": one.at.isoformat()} for one in found])
        return
    _ = translator(lang.value)
    rows = [
        {"id": one.user_id, "name": one.name, "roles": roles_named(one.grants, one.county_code, _),
         "by": acted(one.added_by, _), "at": stamp(one.at)}
        for one in found
    ]  # fmt: skip
    heads = {"id": _("Account"), "name": _("Name"), "roles": _("Roles"), "by": _("Given by"), "at": _("When")}
    _table(rows, heads)


@app.command()
def audit(
    county: CountyOption,
    since: Annotated[str | None, typer.Option("--since", help="Only from this day on, 2023-09-30.")] = None,
    event: Annotated[
        str | None,
        typer.Option(
            "--event",
            help="Only this: sign_in, sign_in_failed, sign_out, arrived, refused, import, edit, nil, undo, "
            "snapshot_kept, snapshot_removed, member, export, people_shown.",
        ),
    ] = None,
    text: Annotated[
        str, typer.Option("--text", help="Only entries with this in name, account, details: a file, a place.")
    ] = "",
    form: Annotated[LogForm | None, typer.Option("--format", help="Write a file; needs --output.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="File to write; replaced if there.")
    ] = None,
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """List what happened, newest first: who, when, from where, before and after. 审计记录。"""
    from data import audit_words
    from data.language import translator
    from data.store import Wanted

    _, entry = translator(lang.value), _county(county)
    if event is not None and event not in audit_words.EVENTS:
        known = ", ".join(audit_words.EVENTS)
        raise typer.BadParameter(f"没有此类事件，可选 known: {known}", param_hint="--event")
    if (form is None) != (output is None):
        raise typer.BadParameter("--format 与 --output 须同时给出。 Give both --format and --output")
    begins = audit_words.day_begins(_date(since)) if since else None
    store = _store(lang, as_json=as_json)
    named = audit_words.named(text, entry.code)
    found = store.audit(entry.code, Wanted(since=begins, event=event, text=text, named=named))
    told = {} if as_json or form is LogForm.json else _told_of_batches(store, entry, found, _)
    if form is not None and output is not None:
        match form:
            case LogForm.csv:
                body = audit_words.as_csv(found, _, told)
            case LogForm.xlsx:
                body = audit_words.as_xlsx(found, _, told)
            case LogForm.json:
                body = json.dumps(audit_words.as_json(found), ensure_ascii=False).encode()
        output.write_bytes(body)
        store.record(entry.code, "export", f"audit.{form.value}", {"entries": len(found)})
        typer.echo(_("Written: {file} ({n} entries)", file=output, n=len(found)), err=as_json)
    if as_json:
        _print_json(audit_words.as_json(found))
    elif form is None:
        _table(audit_words.rows(found, _, told), {key: _(name) for key, name in audit_words.COLUMNS.items()})


def _told_of_batches(store: Any, entry: County, found: list[Any], _: Any) -> Any:
    from data import audit_batches, in_force
    from data.history import figures_moved
    from data.plan import load_plan

    batches = store.batches(entry.code)
    plans = [in_force.plan(store, entry.code, load_plan(plan_id)) for plan_id in entry.plans]
    return audit_batches.told(found, batches, plans, lambda plan, one: figures_moved(store, plan, one, batches), _)


# ---- the meeting kit -------------------------------------------------------------------------------------------------


@app.command()
def brief(
    county: CountyOption,
    form: Annotated[
        Form,
        typer.Option("--format", help="Word, PowerPoint, Excel, Excel with a sheet per township, or one offline page."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="File to write; replaced if there.")],
    plan: Annotated[str | None, typer.Option("--plan", help="Plan id; the county's first without it.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Date up to which data counts, 2023-09-30; the newest without it.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Date to compare with, 2023-08-31, or a meeting's snapshot by number, s3."),
    ] = None,
    townships: Annotated[
        list[str] | None, typer.Option("--township", help="Township, name or code; several times. All without it.")
    ] = None,
    sections: Annotated[
        list[str] | None,
        typer.Option(
            "--section",
            help="Section by id, several times. Without it what an office sends: overall, changes,"
            " ranking, areas, problems, tasks, reporting. By choice: details (areas with charts, maps, tables),"
            " all-indicators, definitions.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Every section, annexes too.")] = False,
    sent_to: Annotated[
        str | None, typer.Option("--addressees", help="Whom it is sent to, above the text; as the plan without it.")
    ] = None,
    issued_by: Annotated[
        str | None,
        typer.Option(
            "--issuer", help="Who issues it, below the bulletin; as county or plan say without it, '' for none."
        ),
    ] = None,
    dated: Annotated[str | None, typer.Option("--dated", help="Date of issue, 2023-11-03; today without it.")] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", exists=True, dir_okay=False, help="The county's own .docx or .pptx to write into."),
    ] = None,
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Write the meeting's bulletin, slides, workbook or offline page. 生成通报、汇报幻灯片、表格或离线网页。"""
    from data import upload
    from data.briefing import facts as briefing_facts
    from data.briefing.compose import FULL, SECTIONS, USUAL
    from data.briefing.errors import DocumentError
    from data.briefing.facts import code
    from data.briefing.files import FORMATS, county_template, make, notice, write_whole
    from data.briefing.issuer import addressees, issuer, today
    from data.language import translator
    from data.places import county_townships

    _, entry = translator(lang.value), _county(county)
    loaded = _plan_of(entry, plan, as_json=as_json)
    if unknown := sorted(set(sections or ()) - set(SECTIONS)):
        known = ", ".join(SECTIONS)
        raise typer.BadParameter(f"没有章节 {', '.join(unknown)}，可选 known: {known}", param_hint="--section")
    if sections and full:
        raise typer.BadParameter("已选全部章节。 --full has them all", param_hint="--section")
    if template is not None and not FORMATS[form.value].templated:
        raise typer.BadParameter("该格式不用模板。 This format takes no template", param_hint="--template")
    store = _store(lang, as_json=as_json)
    day = _date(as_of) if as_of else upload.newest_date(store, entry)
    if day is None:
        refuse(_("There is no data yet, so no date either: give one with --as-of 2023-09-30."), as_json=as_json)
    try:
        facts = briefing_facts.from_store(store, entry, loaded, day, _since(store, entry, since))
    except briefing_facts.NoFiguresError as error:
        refuse(_("There are no figures for {day} or before it.", day=error.day), as_json=as_json)
    then = facts.since
    # A meeting of the same day knew other figures.
    if then is not None and (then.day > facts.as_of or (then.day == facts.as_of and then.version is None)):
        refuse(
            _(
                "The date to compare with ({since}) must be before the date of the figures ({day}): "
                "choose an earlier --since.",
                since=then.day,
                day=facts.as_of,
            ),
            as_json=as_json,
        )
    towns = county_townships(facts.regions, entry.code)
    by_name = dict(zip([*towns["code"], *towns["name"]], [*towns["code"], *towns["code"]], strict=True))
    if unknown := [t for t in townships or () if t not in by_name]:
        raise typer.BadParameter(f"没有乡镇街道 No such township: {', '.join(unknown)}", param_hint="--township")
    chosen = [by_name[t] for t in townships or ()]
    own = template or county_template(entry.slug, form.value)
    try:
        body = make(
            facts,
            form.value,
            lang.value,
            towns=chosen,
            sections=sections or (FULL if full else USUAL),
            addressees=addressees(loaded) if sent_to is None else sent_to,
            issuer=issuer(entry, loaded) if issued_by is None else issued_by,
            dated=_date(dated) if dated else today(),
            template=own,
        )
    except DocumentError as error:
        refuse(error.told(_), as_json=as_json)
    try:
        write_whole(output, body)
    except OSError:
        told = _(
            "{file} could not be written; what was there is as it was."
            " The disk may be full, the folder missing, or you may not write there.",
            file=output,
        )
        refuse(told, as_json=as_json)
    if told := notice(form.value, own, lang.value):
        typer.echo(told, err=True)
    if facts.as_of != day:
        told = _("There are no figures for {day}; those of {taken} were taken.", day=day, taken=facts.as_of)
        typer.echo(told, err=True)
    if as_json:
        _print_json({"file": str(output), "as_of": facts.as_of, "code": code(facts), "bytes": len(body)})
        return
    typer.echo(_("Written: {file} (data up to {day}, version {code})", file=output, day=facts.as_of, code=code(facts)))


def _since(store: Any, entry: County, text: str | None) -> Any:
    """Return what a briefing is compared with: a date, or a meeting's snapshot by number (s3)."""
    from data.briefing.facts import Since

    if text is None:
        return None
    if not text.startswith("s"):
        return Since(_date(text))
    found = [s for s in store.snapshots(entry.code) if s.active and f"s{s.number}" == text]
    if not found:
        raise typer.BadParameter(
            f"没有调度会 {text}。 No such snapshot: see xianjie snapshot list", param_hint="--since"
        )
    return Since(found[0].as_of, found[0].name, found[0].version)


@app.command()
def reporting(
    county: CountyOption,
    plan: Annotated[str | None, typer.Option("--plan", help="Plan id; the county's first without it.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="Month in which reports were due, 2023-09; the newest without it.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Date up to which reports were due; the newest of the data without it."),
    ] = None,
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Say who owed which table by which day, what came, and who is missing. 报送情况：应报、已报、迟报、未报。"""
    from data import derive, upload
    from data import reporting as reports
    from data import reporting_words as words
    from data.language import translator
    from data.places import county_townships, plan_regions
    from data.schedule import month_end, month_start

    _, entry = translator(lang.value), _county(county)
    loaded = _plan_of(entry, plan, as_json=as_json)
    month = _month(period) if period else None
    store = _store(lang, as_json=as_json)
    day = _date(as_of) if as_of else upload.newest_date(store, entry)
    if day is None:
        refuse(_("There is no data yet, so no date either: give one with --as-of 2023-09-30."), as_json=as_json)
    owed = reports.duties(loaded, entry.reporting, month_end(month_start(day, -1)))
    month = month or reports.newest_due(owed, day)
    places = plan_regions(loaded, store.rows(entry.code, "villages"))
    towns = county_townships(places, entry.code)
    names = dict(zip(towns["code"], towns["short_name"].fillna(towns["name"]), strict=True))
    came = derive.arrivals(store, entry.code, store.batches(entry.code))
    found = reports.cells([d for d in owed if d.month == month], came, list(names), entry.code, day)
    rows = [
        {
            "debtor": c.debtor,
            "name": names.get(c.debtor, c.debtor),
            "table": c.duty.table,
            "table_name": words.table_name(c.duty.table, lang.value),
            "months": list(c.duty.months),
            "due": c.duty.due.isoformat(),
            "due_basis": c.duty.basis,
            "rule": c.duty.rule.id if c.duty.rule else None,
            "clause": c.duty.rule.clause if c.duty.rule else None,
            "state": c.state,
            "told": words.cell_words(c, _),
            "nil": c.nil,
            "came": c.day.isoformat() if c.day else None,
            "days_late": c.days,
            "batch": c.number,
        }
        for c in found
    ]
    if as_json:
        _print_json({"county": entry.slug, "plan": loaded.id, "as_of": day, "due_in": month, "reports": rows})
        return
    if not rows:
        typer.echo(_("Nothing was due under this plan in this month."))
        return
    heads = {"name": _("Township or office"), "table_name": _("Table"), "due": _("Day due"), "told": _("Status")}
    _table(sorted(rows, key=lambda r: reports.STATES.index(r["state"])), heads | {"came": _("Came on")})
    typer.echo("\n" + words.missing_text(found, names, day, _))


# ---- plans -----------------------------------------------------------------------------------------------------------


@plan_app.command("list")
def plan_list(as_json: JsonOption = False) -> None:
    """List the plans with their county, period and size. 列出计划。"""
    from data.plan import load_plan

    rows = []
    for entry in counties():
        for plan_id in entry.plans:
            loaded = load_plan(plan_id)
            rows.append(
                {
                    "id": loaded.id,
                    "county": entry.slug,
                    "title": loaded.title_zh,
                    "start": loaded.start.isoformat(),
                    "end": loaded.end.isoformat(),
                    "indicators": len(loaded.indicators),
                    "tasks": len(loaded.tasks),
                }
            )
    if as_json:
        _print_json(rows)
    else:
        _table(rows, {c: c for c in rows[0]})


@plan_app.command("show")
def plan_show(
    plan: Annotated[str, typer.Argument(help="Plan id or YAML file.")],
    lang: LangOption = Language.zh,
    as_json: JsonOption = False,
) -> None:
    """Show a plan as it is in force: its indicators with targets, due dates and offices. 查看计划。"""
    from data import in_force, plan_words
    from data.language import translator
    from data.store import stands

    loaded = _plan(plan, as_json=as_json)
    entry = next((one for one in counties() if loaded.id in one.plans), None)
    if entry and stands():
        loaded = in_force.plan(_store(lang, as_json=as_json), entry.code, loaded)
    if as_json:
        _print_json(loaded.model_dump(mode="json"))
        return
    zh = lang is Language.zh
    typer.echo(f"{loaded.id}  {loaded.title_zh if zh else loaded.title_en}  {loaded.start} – {loaded.end}")
    rows = [
        {
            "id": i.id,
            "name": i.name(lang.value),
            "target": i.value_original if zh else f"{i.comparator} {i.value if i.value is not None else '–'} {i.unit}",
            "rule": i.rule,
            "due": i.due,
            "lead": "、".join(i.lead),
        }
        for i in loaded.indicators
    ]
    _table(rows, {c: c for c in ("id", "name", "target", "rule", "due", "lead")})
    _ = translator(lang.value)
    for one in loaded.indicators:
        for told in plan_words.revision_words(one, loaded, _):
            typer.echo(f"{one.id}: {told}")


@plan_app.command("check")
def plan_check(
    plan: Annotated[str, typer.Argument(help="Plan id or YAML file.")],
    as_json: JsonOption = False,
) -> None:
    """Check a plan file and print all that is wrong with it, not only the first. 校验计划文件。"""
    from data.plan import plan_problems

    try:
        problems = plan_problems(plan)
    except FileNotFoundError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        _print_json([p.model_dump(mode="json") for p in problems])
    for problem in problems if not as_json else []:
        typer.echo(str(problem))
    if problems:
        if not as_json:
            typer.echo(f"计划文件有 {len(problems)} 处问题。 {len(problems)} problems", err=True)
        raise typer.Exit(1)
    if not as_json:
        typer.echo("OK 没有问题")


def main() -> None:
    """Run the command."""
    try:
        app()
    except RegistryError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
