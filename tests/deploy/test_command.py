"""The command as it is installed: settings as systemd reads them, what the caller sets first, never as root."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "deploy" / "bundle" / "xianjie.sh"
# Who is root becomes another account, as with the installer; whoever is not stays who they are.
ACCOUNT = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

Run = Callable[..., dict[str, str]]


@pytest.fixture
def prefix() -> Iterator[Path]:
    """Lay out the command, as the installer does, and a program that tells what it was given."""
    with tempfile.TemporaryDirectory(prefix="xianjie-command-") as made:  # pytest's own is closed to other accounts
        folder = Path(made)
        folder.chmod(0o755)
        text = SOURCE.read_text("utf-8")
        for old, new in {"/opt/xianjie/": f"{folder}/", "\nuser=xianjie\n": f"\nuser={ACCOUNT}\n"}.items():
            assert old in text
            text = text.replace(old, new)
        program = folder / "current" / "bin" / "xianjie"
        program.parent.mkdir(parents=True)
        program.write_text('#!/bin/sh\nprintf "%s\\0" "USER=$(id -un)" "GIVEN=$*"\nenv -0\n')
        (folder / "xianjie").write_text(text, "utf-8")
        for path in (program, folder / "xianjie"):
            path.chmod(0o755)
        yield folder


@pytest.fixture
def run(prefix: Path) -> Run:
    """Run it with settings; return what the program was told, and by whom."""

    def ran(settings: str, *given: str, **environment: str) -> dict[str, str]:
        (prefix / "xianjie.env").write_bytes(settings.encode())
        command = [prefix / "xianjie", *given]
        done = subprocess.run(command, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, check=True)
        assert done.stderr == b""
        return dict(part.split("=", 1) for part in done.stdout.decode().rstrip("\0").split("\0"))

    return ran


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("XIANJIE_X=/var/lib/xianjie", "/var/lib/xianjie"),
        ("XIANJIE_X=192.0.2.7, 192.0.2.0/28", "192.0.2.7, 192.0.2.0/28"),  # of the manual
        (
            "XIANJIE_X=postgresql://a:b$c@h/x?sslmode=require&connect_timeout=3",
            "postgresql://a:b$c@h/x?sslmode=require&connect_timeout=3",
        ),
        ('XIANJIE_X="a b"', "a b"),
        ("XIANJIE_X='$(touch here)'", "$(touch here)"),
        ("  XIANJIE_X=a # no comment \r", "a # no comment"),
        ("XIANJIE_X=first\nXIANJIE_X=last", "last"),
        ("XIANJIE_X=", ""),
        ("# XIANJIE_X=a\n; XIANJIE_X=b\n\nnot a setting\nXIANJIE_X=衔接", "衔接"),
    ],
)
def test_settings_are_read_as_systemd_reads_them(run: Run, line: str, value: str) -> None:
    assert run(line)["XIANJIE_X"] == value  # without an end of its line
    assert run(f"OTHER=1\n{line}\n")["XIANJIE_X"] == value


def test_what_the_caller_sets_holds_be_it_empty(run: Run) -> None:
    """So that a drill meets another store than the one in use."""
    settings = "XIANJIE_HOME=/live\nXIANJIE_DATABASE_URL=postgresql://live/x\nXIANJIE_ACCESS=oidc\n"
    told = run(settings, "restore", "a b.zip", XIANJIE_HOME="/srv/drill", XIANJIE_DATABASE_URL="")
    assert (told["XIANJIE_HOME"], told["XIANJIE_DATABASE_URL"]) == ("/srv/drill", "")
    assert told["XIANJIE_ACCESS"] == "oidc"
    assert (told["USER"], told["GIVEN"]) == (ACCOUNT, "restore a b.zip")


def test_it_runs_where_its_account_may_look(
    run: Run, prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit reads files of the home and of the folder it is started in; root's own are closed to the account."""
    monkeypatch.chdir(prefix)
    assert run("")["PWD"] == str(prefix)
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    told = run("", HOME=str(tmp_path))
    mine = os.geteuid() != 0
    assert told["PWD"] == (str(tmp_path) if mine else "/")
    assert told["HOME"] == (str(tmp_path) if mine else pwd.getpwnam(ACCOUNT).pw_dir)


def test_settings_that_cannot_be_read_are_named(prefix: Path) -> None:
    done = subprocess.run([prefix / "xianjie"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert str(prefix / "xianjie.env") in done.stderr
