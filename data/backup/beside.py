"""What a backup holds besides rows: what a county's IT person put beside the store, and its counties and plans."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from data.backup.archive import BLOCK, NAME, Archive
from data.backup.errors import BackupError
from data.home import private
from data.language import N_

BACKUPS = "backups"
LAST = "last-backup.json"
PROGRAM = "program"
# Made by the program itself, and made again: maps, and files of one moment.
_OURS = frozenset({BACKUPS, "maps", LAST, PROGRAM})
_FILE_SYSTEM = "lost+found"  # root's, where the folder is a disk of its own
_SQLITE = b"SQLite format 3\0"
_PASSING = (".log", ".pid", ".partial", ".tmp")
_ROOT = Path(__file__).parents[2]
# A county of one's own stands in these, and its rows mean nothing without them.
_OWN = ("data/counties.yaml", "data/plans/*.yaml", "geo/regions/**/*.csv")


def beside(home: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Return the files of a backup, which no program makes again: path below `XIANJIE_HOME`, and what is in each.

    Databases are not among them: they are whole only where SQLite reads them. Nor is a file that is gone when its turn
    comes.

    Raises
    ------
    BackupError
        This account may not read one of them.
    """
    for path in _below(home):
        if (blocks := _opened(path)) is not None:
            yield path.relative_to(home).as_posix(), blocks
    for pattern in _OWN:
        for path in sorted(_ROOT.glob(pattern)):
            if (blocks := _opened(path)) is not None:
                yield f"{PROGRAM}/{path.relative_to(_ROOT).as_posix()}", blocks


def _below(home: Path) -> list[Path]:
    """Return the files that may belong to a backup, by their names; a folder that cannot be looked into is refused."""

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise _unreadable(Path(error.filename), error) from None

    found = []
    for folder, inside, files in os.walk(home, onerror=refuse):
        if Path(folder) == home:
            inside[:] = set(inside) - _OURS - {_FILE_SYSTEM}
        found += [Path(folder, name) for name in files if not name.endswith(_PASSING) and not NAME.fullmatch(name)]
    return sorted(path for path in found if path.parent != home or path.name not in _OURS)


def _opened(path: Path) -> Iterator[bytes] | None:
    """Return what is in a file; None if it is none, is gone, or is a database: whole only where SQLite reads it."""
    if path.name.endswith(("-wal", "-shm", "-journal")):
        return None
    try:
        if not path.is_file():
            return None
        file = path.open("rb")
        if file.read(len(_SQLITE)) == _SQLITE:
            file.close()
            return None
        file.seek(0)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from None
    return _blocks(path, file)


def _blocks(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    with file:
        try:
            while block := file.read(BLOCK):
                yield block
        except OSError as error:
            raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> BackupError:
    return BackupError(
        N_("{file} cannot be read ({reason}), so there is no backup; older ones are as they were. Give the file to the "
           "account that runs the server (chown), or move it out of the folder."),
        file=path, reason=error.strerror or type(error).__name__,
    )  # fmt: skip


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
        private(target.parent)
        partial = target.with_name(f"{target.name}.partial")
        archive.extract(name, partial)
        partial.replace(target)
    return differing


def _same(path: Path, size: int, sha256: str) -> bool:
    if path.stat().st_size != size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
