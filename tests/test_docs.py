"""What the documents say exists: commands, options, files, variables."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

import cli

ROOT = Path(__file__).parents[1]
DOCUMENTS = [path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")) if path.is_file()]
CODE = [
    path
    for where in ("*.py", "data/**/*.py", "geo/**/*.py", "components/**/*.py", "pages/*.py", "deploy/*", "Makefile")
    for path in ROOT.glob(where)
    if path.is_file()
]
VARIABLE = re.compile(r"XIANJIE_[A-Z]+(?:_[A-Z]+)*")
COMMAND = re.compile(r"(?:^|[`\s])xianjie ([a-z][^`#\n]*)")


def texts() -> str:
    return "\n".join(path.read_text("utf-8") for path in DOCUMENTS)


@cache
def commands() -> dict[str, Any]:
    """Return every command by what one types, `plan check` too."""

    def walk(command: Any, name: str) -> dict[str, Any]:
        if inner := getattr(command, "commands", None):
            shown = {part: found for part, found in inner.items() if not found.hidden}
            return {k: v for part, found in shown.items() for k, v in walk(found, f"{name} {part}".strip()).items()}
        return {name: command}

    return walk(typer.main.get_command(cli.app), "")


def options(name: str) -> set[str]:
    return {option for parameter in commands()[name].params for option in parameter.opts} | {"--help"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_and_option_exists(path):
    wrong = []
    for line in COMMAND.findall(path.read_text("utf-8")):
        words = shlex.split(line.replace("|", " "), comments=True)
        name = " ".join(words[:2]) if " ".join(words[:2]) in commands() else words[0]
        said = {word.split("=")[0] for word in words if word.startswith("-")}
        if name not in commands() or not said <= options(name):
            wrong.append(line)
    assert wrong == []


def test_every_command_is_in_both_readmes():
    for name in ("README.md", "README.zh.md"):
        said = (ROOT / name).read_text("utf-8")
        assert [command for command in commands() if f"xianjie {command}" not in said] == []


def test_every_command_explains_itself():
    for name, command in commands().items():
        assert command.help, name
        assert [one.name for one in command.params if one.name != "help" and not getattr(one, "help", None)] == [], name


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_linked_exists(path):
    linked = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8"))
    missing = [link for link in linked if "://" not in link and not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_named_exists(path):
    named = re.findall(
        r"`((?:data|geo|components|pages|static|tests|benchmarks|docs|deploy)/[\w./-]+)`", path.read_text("utf-8")
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_targets_of_make_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    said = set(re.findall(r"[`\n]\s*make ([a-z-]+)", texts()))
    assert said
    assert said <= targets


def test_variables_of_documents_and_code_are_the_same():
    told = set(VARIABLE.findall(texts()))
    used = {name for path in CODE for name in VARIABLE.findall(path.read_text("utf-8"))}
    assert told == used
