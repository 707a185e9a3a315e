"""Backups: what is written is what comes back, on either database, whoever writes meanwhile; else it is refused."""

import json
import os
import resource
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pandas as pd
import pytest
from support.demo import sample_home
from support.uploads import COUNTY, EAST, WEST, commit, facts, issues, projects, values

from data.backup import BackupError, back_up, copy_store, restore, work
from data.backup.archive import Archive
from data.backup.work import Standing
from data.language import translator
from data.registry import county
from data.store import NewerDataError, Scope, Store, Submission, open_store
from data.store.database import open_engine
from data.store.schema import REVISION
from data.tables import empty, tables

QIJIANG = county("qijiang")
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
def elsewhere(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Address an empty place of a kind."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / 'restored' / 'store.db'}"
        return request.getfixturevalue("server").create()

    return make


def everything(url: str) -> dict[str, list[bytes]]:
    engine = open_engine(url)
    try:
        with Standing.of(engine) as standing:
            return {name: list(standing.lines(name)) for name in standing.columns()}
    finally:
        engine.dispose()


def some_of_all(store: Store) -> None:
    """Store something of each kind: rows of several tables, an undo, a nil return, boundaries, a snapshot, a file."""
    commit(store, "facts", facts("2023-05", value=0.1 + 0.2), raw=b"\x00\xff raw")
    gone = commit(store, "facts", facts("2023-05", value=-0.0), raw=b"second")
    commit(store, "projects", projects(("P1", "2023-05", EAST, 1e-300), ("P2", "2023-05", WEST, float("nan"))))
    commit(store, "issues", issues(("1", "漏水，\n\t“急”"), ("2", "NULL\\N"), ("3", "")))
    nil = Scope("funds", ("2023-06",), (EAST,))
    store.commit(Submission(COUNTY, "funds", empty("funds"), b"", "", "a tester", scope=nil, action="nil"))
    store.undo(COUNTY, gone.batch_id, "a tester", "例")
    store.put_boundaries(COUNTY, b"{}", report={"matched": 1}, raw=b"{ }", file_name="b.geojson", actor="a tester")
    store.keep_snapshot(
        COUNTY, "5月调度会", pd.Timestamp("2023-05-31").date(), "a tester", version=store.version(COUNTY)
    )


@pytest.mark.parametrize("into", KINDS)
def test_what_comes_back_is_what_was(
    store: Store, url: str, into: str, elsewhere: Callable[[str], str], home: Path, tmp_path: Path
) -> None:
    some_of_all(store)
    (home / "templates").mkdir()
    (home / "templates" / "banan.docx").write_bytes(b"a template")
    made = back_up(url, home)
    assert made.file.parent == home / "backups"
    assert made.file.stat().st_mode & 0o077 == 0, "others may read it"
    there, place = tmp_path / "other home", elsewhere(into)
    done = restore(made.file, place, there)
    assert done.rows == {name: len(found) for name, found in everything(url).items()}
    assert everything(place) == everything(url)
    assert (there / "templates" / "banan.docx").read_bytes() == b"a template"
    with open_store(place) as restored:
        assert restored.history(COUNTY).equals(store.history(COUNTY))
        assert restored.snapshots(COUNTY) == store.snapshots(COUNTY)
        assert restored.raw(COUNTY, 1) == b"\x00\xff raw"
        assert restored.boundaries(COUNTY) == store.boundaries(COUNTY)
        # It goes on where the other stopped, and can undo what was imported there.
        assert commit(restored, "facts", facts("2023-07")).batch_id == store.version(COUNTY) + 1
        restored.undo(COUNTY, 1, "a tester")
        assert restored.rows(COUNTY, "facts")["as_of"].dt.month.tolist() == [7, 7, 7]


@pytest.mark.parametrize("into", KINDS)
def test_the_drill_brings_back_every_figure_of_a_county(
    into: str, elsewhere: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    source = sample_home(tmp_path_factory, through=QIJIANG.slug)
    url = f"sqlite:///{source / 'store.db'}"
    made = back_up(url, source, tmp_path / "usb")
    place = elsewhere(into)
    restore(made.file, place, tmp_path / "other home")
    with open_store(url) as one, open_store(place) as other:
        for table in tables():
            of_both = [s.rows(QIJIANG.code, table).sort_values(list(tables()[table].key)) for s in (one, other)]
            pd.testing.assert_frame_equal(*(f.reset_index(drop=True) for f in of_both), check_exact=True)
        for read in (lambda s: s.measures(QIJIANG.code, QIJIANG.plans[0]), lambda s: s.profiles(QIJIANG.code)):
            found = [read(s) for s in (one, other)]
            key = [c for c in ("indicator", "profile", "region", "as_of", "category") if c in found[0]]
            pd.testing.assert_frame_equal(*(f.sort_values(key, ignore_index=True) for f in found), check_exact=True)
            assert len(found[0]) > 1000
        assert one.batches(QIJIANG.code) == other.batches(QIJIANG.code)
        newest = other.batches(QIJIANG.code)[0]
        undone = [s.undo(QIJIANG.code, newest.batch_id, "a tester") for s in (one, other)]
        assert undone[0].removed == undone[1].removed == newest.rows


def test_a_backup_beside_two_writers_is_of_one_moment(
    store: Store, url: str, home: Path, tmp_path: Path, another: Callable[[], Store]
) -> None:
    commit(store, "facts", facts("2023-05", EAST, villages=500, value=0.0))
    commit(store, "facts", facts("2023-05", WEST, villages=500, value=0.0))
    enough = Event()

    def write(opened: Store, township: str) -> None:
        turn = 0.0
        while not enough.is_set():
            turn += 1
            commit(opened, "facts", facts("2023-05", township, villages=500, value=turn))

    writers = [Thread(target=write, args=(another(), township)) for township in (EAST, WEST)]
    for writer in writers:
        writer.start()
    made = []
    try:
        for _ in range(3):
            before, patience = store.version(COUNTY), monotonic() + 60
            while store.version(COUNTY) == before and monotonic() < patience:
                sleep(0.01)  # on a busy machine both writers may have waited while the last backup was made
            made.append(back_up(url, home, tmp_path / "made"))
    finally:
        enough.set()
        for writer in writers:
            writer.join(60)
    versions = []
    for i, one in enumerate(made):
        place = f"sqlite:///{tmp_path / f'restored {i}' / 'store.db'}"
        restore(one.file, place, tmp_path / f"restored {i}")
        with open_store(place) as restored:
            versions.append(at := restored.version(COUNTY))
            assert values(restored) == values(store, at=at)
            assert [b.batch_id for b in restored.batches(COUNTY)] == list(range(at, 0, -1))
            assert restored.history(COUNTY).equals(
                store.history(COUNTY).loc[lambda h, at=at: h["batch_id"] <= at].reset_index(drop=True)
            )
    assert versions == sorted(set(versions)), "nobody wrote meanwhile"


@pytest.mark.parametrize("into", KINDS)
def test_a_store_moves_to_the_other_database(
    store: Store, url: str, into: str, elsewhere: Callable[[str], str]
) -> None:
    some_of_all(store)
    place = elsewhere(into)
    done = copy_store(url, place)
    assert everything(place) == everything(url)
    assert sum(done.rows.values()) == sum(map(len, everything(url).values()))
    with pytest.raises(BackupError, match="not empty"):
        copy_store(url, place)
    with pytest.raises(BackupError, match="not empty"):
        copy_store(url, url)


def test_who_writes_while_a_store_moves_stops_it(
    store: Store, url: str, elsewhere: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    some_of_all(store)
    fill = work.fill

    def disturbed(*args: object) -> dict[str, int]:
        done = fill(*args)
        commit(store, "facts", facts("2023-08"))
        return done

    monkeypatch.setattr(work, "fill", disturbed)
    place = elsewhere("sqlite")
    with pytest.raises(BackupError, match="changed while"):
        copy_store(url, place)
    with open_store(place) as left:
        assert left.version(COUNTY) == 0


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.fixture
def made(store: Store, url: str, home: Path) -> Path:
    some_of_all(store)
    return back_up(url, home).file


def test_only_an_empty_place_is_filled(made: Path, url: str, store: Store, home: Path, tmp_path: Path) -> None:
    before = everything(url)
    with pytest.raises(BackupError) as refused:
        restore(made, url, home)
    assert "places" not in str(refused.value)
    assert "batch" in str(refused.value)
    assert "tester:" not in str(refused.value).replace("tester:***", ""), "a password"
    assert everything(url) == before


def test_a_file_that_is_there_is_not_written_over(
    made: Path, store: Store, url: str, home: Path, tmp_path: Path
) -> None:
    (home / "templates").mkdir()
    (home / "templates" / "banan.docx").write_bytes(b"a template")
    again = back_up(url, home).file
    there = tmp_path / "other home"
    (there / "templates").mkdir(parents=True)
    (there / "templates" / "banan.docx").write_bytes(b"b template")
    place = f"sqlite:///{there / 'store.db'}"
    with pytest.raises(BackupError, match=r"banan\.docx"):
        restore(again, place, there)
    assert (there / "templates" / "banan.docx").read_bytes() == b"b template"
    with open_store(place) as left:
        assert left.version(COUNTY) == 0


def test_every_damaged_or_cut_backup_is_refused(made: Path, tmp_path: Path) -> None:
    body = made.read_bytes()
    with zipfile.ZipFile(made) as whole:
        members = whole.infolist()
    place, there = tmp_path / "new", tmp_path / "new"
    damaged = tmp_path / "damaged.zip"
    for share in (0, 0.1, 0.5, 0.9, 0.999):
        damaged.write_bytes(body[: int(len(body) * share)])
        with pytest.raises(BackupError, match=r"damaged\.zip"):
            restore(damaged, f"sqlite:///{place / 'store.db'}", there)
    for member in members:
        if member.compress_size < 3:
            continue
        # A bit in the middle of what is packed, behind the member's own header.
        at = member.header_offset + 30 + len(member.filename.encode()) + 20 + member.compress_size // 2
        changed = bytearray(body)
        changed[at] ^= 0x10
        damaged.write_bytes(changed)
        with pytest.raises(BackupError) as refused:
            restore(damaged, f"sqlite:///{place / 'store.db'}", there)
        assert member.filename in str(refused.value)
    assert not place.exists()


def test_rows_that_were_changed_in_a_well_formed_backup_are_refused(made: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(forged, "w") as written:
        for member in whole.infolist():
            body = whole.read(member)
            written.writestr(member.filename, body.replace(b"a tester", b"a taster"))
    with pytest.raises(BackupError, match=r"tables/(audit|batch)\.jsonl"):
        restore(forged, f"sqlite:///{tmp_path / 'new' / 'store.db'}", tmp_path / "new")


def of_revision(made: Path, revision: str, path: Path) -> Path:
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(path, "w") as written:
        for member in whole.infolist():
            body = whole.read(member)
            if member.filename == "manifest.json":
                body = json.dumps(json.loads(body) | {"revision": revision}).encode()
            written.writestr(member.filename, body)
    return path


def test_a_backup_of_a_newer_release_is_refused(made: Path, tmp_path: Path) -> None:
    newer = of_revision(made, "9999", tmp_path / "newer.zip")
    with pytest.raises(NewerDataError, match="newer release"):
        restore(newer, f"sqlite:///{tmp_path / 'new' / 'store.db'}", tmp_path / "new")


def test_what_no_backup_is_is_refused(tmp_path: Path, made: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as written:
        written.writestr("readme.txt", "hello")
    with pytest.raises(BackupError, match=r"manifest\.json"):
        Archive(other)
    with pytest.raises(BackupError, match="no store"):
        back_up(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}", tmp_path)
    outside = tmp_path / "outside.zip"
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(outside, "w") as written:
        for member in whole.infolist():
            body = whole.read(member)
            if member.filename == "manifest.json":
                told = json.loads(body)
                told["files"] = {"../evil": next(iter(told["files"].values()))}
                body = json.dumps(told).encode()
            name = member.filename
            written.writestr(
                "files/../evil"
                if name == f"files/{next(iter(json.loads(whole.read('manifest.json'))['files']))}"
                else name,
                body,
            )
    with pytest.raises(BackupError, match="evil"):
        restore(outside, f"sqlite:///{tmp_path / 'new' / 'store.db'}", tmp_path / "new")
    assert not (tmp_path / "evil").exists()


# ---- how it is kept --------------------------------------------------------------------------------------------------


def test_as_many_backups_stay_as_were_asked_for(store: Store, url: str, home: Path) -> None:
    some_of_all(store)
    folder = home / "backups"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    future = folder / "xianjie-20990101T000000Z.zip"  # a clock went back since
    future.write_bytes(b"")
    made = [back_up(url, home, keep=2) for _ in range(3)]
    there = sorted(path.name for path in folder.iterdir())
    assert there == sorted(["notes.txt", future.name, made[-1].file.name])
    assert made[-1].removed == (made[-2].file,)
    with Archive(made[-1].file) as archive:
        assert not [name for name in archive.manifest.files if "xianjie-" in name]
        assert archive.revision == REVISION
    told = json.loads((home / "last-backup.json").read_text("utf-8"))
    assert told["file"] == str(made[-1].file)


@pytest.fixture
def others_umask() -> Iterator[None]:
    """Let every account read what is made, as most systems do by themselves."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_what_is_restored_or_moved_is_for_one_account_only(
    made: Path, url: str, home: Path, tmp_path: Path, others_umask: None
) -> None:
    (home / "regions" / "former").mkdir(parents=True)
    (home / "regions" / "former" / "500113.csv").write_text("former_name,township,code\n", "utf-8")
    made = back_up(url, home).file
    there, moved = tmp_path / "deep" / "there", tmp_path / "moved"
    restore(made, f"sqlite:///{there / 'store.db'}", there)
    copy_store(url, f"sqlite:///{moved / 'store.db'}")
    written = [there.parent, there, *there.rglob("*"), moved, *moved.rglob("*")]
    assert (there / "regions" / "former" / "500113.csv") in written
    assert {path: oct(path.stat().st_mode) for path in written if path.stat().st_mode & 0o077} == {}


def test_a_file_that_cannot_be_read_is_named(
    store: Store, url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root reads every file, so the refusal is played."""
    mine = home / "plans" / "mine.yaml"
    mine.parent.mkdir()
    mine.write_text("a plan", "utf-8")
    with monkeypatch.context() as closed:
        closed.setattr(Path, "open", refusing(Path.open, mine, PermissionError(13, "Permission denied")))
        with pytest.raises(BackupError) as refused:
            back_up(url, home)
    for lang, todo in (("zh", "chown"), ("en", "Give the file to the account")):
        told = refused.value.told(translator(lang))
        assert str(mine) in told
        assert todo in told
        assert "backups" not in told
    assert not list((home / "backups").iterdir())


def test_a_folder_that_cannot_be_looked_into_is_named(
    store: Store, url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in it would be missing from the backup, and nobody would know."""
    for name in ("plans", "lost+found"):
        (home / name).mkdir()
    monkeypatch.setattr(os, "scandir", refusing(os.scandir, home / "lost+found", PermissionError(13, "", "lost+found")))
    back_up(url, home)  # that one is the file system's own
    monkeypatch.setattr(os, "scandir", refusing(os.scandir, home / "plans", PermissionError(13, "", "plans")))
    with pytest.raises(BackupError, match="plans"):
        back_up(url, home)


def test_a_file_that_is_gone_before_its_turn_is_no_fault(
    store: Store, url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = home / "passing.txt"
    passing.write_text("an editor's", "utf-8")
    monkeypatch.setattr(Path, "open", refusing(Path.open, passing, FileNotFoundError(2, "No such file")))
    assert "passing.txt" not in back_up(url, home).manifest.files


def refusing(real: Callable[..., object], place: Path, error: OSError) -> Callable[..., object]:
    """Return a function that fails for one file, and is as it was for others."""

    def instead(path: object, *args: object, **more: object) -> object:
        if str(path) == str(place):
            raise error
        return real(path, *args, **more)

    return instead


def test_a_large_table_is_written_and_read_in_little_memory(home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{home / 'store.db'}"
    with open_store() as store:
        commit(store, "facts", facts("2023-05", villages=999, items=[f"i{n}" for n in range(40)]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made = back_up(url, home)
    restore(made.file, f"sqlite:///{tmp_path / 'new' / 'store.db'}", tmp_path / "new")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert made.manifest.tables["facts"].rows == 39_960
    assert made.manifest.tables["facts"].bytes > 4e6
    assert grown < 30, f"{grown:.0f} MB more"


def test_refusals_are_told_in_chinese_too(tmp_path: Path) -> None:
    with pytest.raises(BackupError) as refused:
        back_up(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}", tmp_path)
    assert "没有" in refused.value.told(translator("zh"))
