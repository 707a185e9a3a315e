"""What a backup holds besides rows: what a county's IT person put beside the store, and its counties and plans."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from data.backup.archive import NAME, Archive
from data.backup.errors import BackupError
from data.language import N_

BACKUPS = "backups"
LAST = "last-backup.json"
PROGRAM = "program"
# Made by the program itself, and made again: maps, and files of one moment.
_OURS = frozenset({BACKUPS, "maps", LAST, PROGRAM})
_PASSING = (".log", ".pid", ".partial", ".tmp")
_ROOT = Path(__file__).parents[2]
# A county of one's own stands in these, and its rows mean nothing without them.
_OWN = ("data/counties.yaml", "data/plans/*.yaml", "geo/regions/**/*.csv")


def beside(home: Path) -> Iterator[tuple[str, Path]]:
    """Return the files of a backup by their path below `XIANJIE_HOME`: those no program makes again.

    Databases are not among them: they are whole only where SQLite reads them.
    """
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home)
        if not path.is_file() or name.parts[0] in _OURS or name.name.endswith(_PASSING):
            continue
        if not NAME.fullmatch(name.name) and not _is_database(path):
            yield name.as_posix(), path
    for pattern in _OWN:
        for path in sorted(_ROOT.glob(pattern)):
            yield f"{PROGRAM}/{path.relative_to(_ROOT).as_posix()}", path


def _is_database(path: Path) -> bool:
    """Whether it is SQLite's, or its log: such a file is not whole unless SQLite reads it."""
    if path.name.endswith(("-wal", "-shm", "-journal")):
        return True
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def put_back(archive: Archive, home: Path) -> list[str]:
    """Write a backup's files below a home; none that is there is changed.

    Counties and plans are the program's: those that this release has as they were are left out, the others are laid
    below `program/` to be compared.

    Returns
    -------
    list of str
        The files below `program/` that were written.

    Raises
    ------
    BackupError
        A file of the same name says something else, or a name leads out of the folder.
    """
    differing = []
    for name, part in archive.manifest.files.items():
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts:
            raise archive.damaged(name)
        target = home / pure
        if pure.parts[0] == PROGRAM:
            installed = _ROOT / PurePosixPath(*pure.parts[1:])
            if installed.is_file() and _same(installed, part.bytes, part.sha256):
                continue
            differing.append(name)
        if target.exists():
            if not _same(target, part.bytes, part.sha256):
                raise BackupError(
                    N_("{place} is there already and differs from the backup's: nothing was restored. Restore into an "
                       "empty folder, or move the file away first."), place=target,
                )  # fmt: skip
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partial")
        archive.extract(name, partial)
        partial.replace(target)
    return differing


def _same(path: Path, size: int, sha256: str) -> bool:
    if path.stat().st_size != size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
