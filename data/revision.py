"""What computed figures rest on besides rows and plans: the code that computes, the declarations and places it reads.

A store keeps figures across releases. Each of these goes into the name under which they count as computed, so that a
release that mends one computes anew by itself.
"""

import ast
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from data import profiles, tables
from geo import regions

_ROOT = Path(__file__).parents[1]
_COMPUTE = ("data.measures", "data.profiles", "data.places")
_JUDGE = ("data.county_summary",)


@cache
def code() -> str:
    """Return what changes with the code of measures and profiles, and with what `tables.yaml` says of a table."""
    return _digest(*(file.read_bytes() for file in computing()), tables.FILE.read_bytes())


@cache
def judging() -> str:
    """Return what changes with the code that holds measures against targets for the summary."""
    return _digest(*(file.read_bytes() for file in computing(_JUDGE)))


@cache
def declared_profiles() -> str:
    """Return what changes with the declared profiles."""
    return _digest(profiles.FILE.read_bytes())


@cache
def places(county_code: str) -> str:
    """Return what changes with the list of a county's villages."""
    file = regions.list_of(county_code)
    return _digest(file.read_bytes() if file.exists() else b"")


def computing(roots: Iterable[str] = _COMPUTE) -> list[Path]:
    """Return the source files that compute: found by following imports, so that none is forgotten."""
    found: dict[str, Path] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        file = _ROOT / f"{name.replace('.', '/')}.py"
        if name in found or not file.exists():
            continue
        found[name] = file
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"data", "geo"}:
                waiting += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [found[name] for name in sorted(found)]


def _digest(*parts: bytes) -> str:
    total = sha256()
    for part in parts:
        total.update(sha256(part).digest())
    return total.hexdigest()
