"""The shape of the code, kept by tests: who may import whom, and what no file may say."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = ("data", "geo", "components/html", "components/figures")
LOADERS = ROOT / "data" / "loaders.py"


def sources(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """Yield the full name of everything a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: import by full name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(files: list[Path], *packages: str) -> list[str]:
    return [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files
        for name in imported(file)
        if any(name == package or name.startswith(f"{package}.") for package in packages)
    ]


def test_there_is_something_to_look_at() -> None:
    for folder in (*PURE, "pages", "components/server"):
        assert sources(folder), folder


def test_data_geo_markup_and_figures_know_no_streamlit() -> None:
    files = [file for file in sources(*PURE) if file != LOADERS]
    assert importers(files, "streamlit", "streamlit_folium") == []


def test_nothing_below_the_pages_imports_upward() -> None:
    assert importers(sources("data", "geo"), "components", "pages", "frame", "app", "cli") == []
    assert importers(sources("geo"), "data.store", "data.loaders", "data.derive") == []
    assert importers(sources("components"), "pages", "frame", "app", "cli") == []


def test_pages_and_components_reach_the_store_through_the_loaders() -> None:
    files = [file for file in sources("pages", "components") if "server" not in file.parts] + [ROOT / "frame.py"]
    assert importers(files, "sqlalchemy", "adbc_driver_sqlite", "adbc_driver_postgresql", "psycopg", "sqlite3") == []


def test_figures_are_built_by_hand() -> None:
    """plotly.express costs 30 to 135 ms a figure, a tenth of that by hand."""
    assert importers(sources("pages", "components", "data"), "plotly.express") == []


def test_plan_text_is_never_executed() -> None:
    calls = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sources("data", "geo", "components", "pages")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec", "compile", "__import__"})
            or (isinstance(node.func, ast.Attribute) and node.func.attr == "eval")
        )
    ]
    assert calls == []


def test_caches_of_streamlit_live_in_one_place() -> None:
    files = [file for file in sources("pages", "components", "data", "geo") if file != LOADERS]
    users = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"cache_data", "cache_resource"}
    ]
    assert users == []


def tracked() -> list[Path]:
    """Return the files of the repository: what git has, and what it would take."""
    listed = subprocess.run(
        # a clone may belong to someone else than who runs the tests
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


FORBIDDEN = {
    "the host of a package registry": r"pypi\.org|pythonhosted\.org|npmjs\.|//[\w.-]*mirror|tuna\.tsinghua|simple/?\"",
    "a folder of one machine": r"/(?:work|home|root|Users)/[\w.-]+/",
    "an address on the inside of one network": r"\b(?:10|192\.168)(?:\.\d{1,3}){2,3}\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names_a_place_that_only_its_author_has(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = []
    for file in tracked():
        if file.name == "uv.lock" or file == Path(__file__):  # the lock names its registry, this file its patterns
            continue
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


def test_no_file_of_another_is_shipped() -> None:
    """Third-party scripts, styles and fonts come from installed packages, never from the repository."""
    suffixes = {".woff", ".woff2", ".ttf", ".otf", ".map", ".whl"}
    assert [file.name for file in tracked() if file.suffix in suffixes or ".min." in file.name] == []
