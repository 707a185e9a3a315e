"""Make the offline bundle: `make bundle`, or `make bundle PYTHONS="3.11 3.12" MACHINE=aarch64 REVISION=v1.2`.

A folder and a .tar.gz of it below `dist/`: the packages of uv.lock as wheels, the program as it is at a commit, the
installer, configuration of nginx and systemd, the manual, and SHA256SUMS of every file. Needs uv, git and, the first
time, the network; what was downloaded once is taken from pip's and uv's caches.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).parents[1]
# What an old but supported system has: openEuler 20.03 and Kylin V10 stand at glibc 2.28.
GLIBC = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014")
GLIBC_OLDER = ("manylinux_2_12", "manylinux2010", "manylinux_2_5", "manylinux1")
PYTHONS = ("3.11", "3.12", "3.13")
# Copied as they are at the commit: from, to.
COPIED = {
    "deploy/bundle": ".",
    "deploy/nginx": "nginx",
    "deploy/systemd": "systemd",
    "docs": "docs",
    "README.md": "docs/README.md",
    "README.zh.md": "docs/README.zh.md",
}
PROGRAM = "xianjie"


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command and return what it says; its own complaint is shown, and ends this one."""
    done = subprocess.run(list(map(str, command)), check=False, stdout=subprocess.PIPE, text=True, cwd=cwd)
    if done.returncode:
        sys.exit(f"*** failed: {' '.join(map(str, command))}")
    return done.stdout


def locked(source: Path) -> str:
    """Return the packages of uv.lock with their hashes, pip among them, for every Python and system."""
    command = ["uv", "export", "--frozen", "--quiet", "--no-default-groups", "--group=bundle", "--no-emit-project"]
    return run(*command, "--no-annotate", "--no-header", cwd=source)


def needed(requirements: str, python: str, machine: str) -> Iterator[str]:
    """Yield the requirements that one Python on one kind of machine has; pip would ask the Python it runs in."""
    there = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": machine,
        "os_name": "posix",
    }
    for entry in requirements.replace("\\\n", " ").splitlines():
        text, *hashes = entry.split("--hash=")
        asked = Requirement(text.strip())
        if asked.marker is None or asked.marker.evaluate(there):
            yield " ".join([f"{asked.name}=={next(iter(asked.specifier)).version}", *(f"--hash={h}" for h in hashes)])


def download(requirements: str, pythons: Sequence[str], machine: str, wheels: Path) -> None:
    """Fetch the wheels of every Python; each is compared with the lock's hash."""
    pip = next(line for line in requirements.splitlines() if line.startswith("pip==")).split()[0]
    tags = [f"--platform={tag}_{machine}" for tag in GLIBC]
    if machine in {"x86_64", "i686"}:
        tags += [f"--platform={tag}_{machine}" for tag in GLIBC_OLDER]
    for python in pythons:
        asked = wheels / "asked.txt"
        asked.write_text("\n".join(needed(requirements, python, machine)), "utf-8")
        command = ["uv", "tool", "run", "--quiet", "--from", pip, "pip", "download", "--quiet", "--no-input"]
        command += ["--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"]
        run(*command, f"--python-version={python}", *tags, f"--dest={wheels}", f"--requirement={asked}")
        asked.unlink()


def digest(file: Path) -> str:
    """Return a file's SHA-256."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def bundle(revision: str, pythons: Sequence[str], machine: str, into: Path) -> Path:
    """Make the bundle of a commit; return its folder, replaced if it was there."""
    commit = run("git", "-C", ROOT, "rev-parse", "--short=10", f"{revision}^{{commit}}").strip()
    date = run("git", "-C", ROOT, "log", "-1", "--format=%cs", commit).strip()
    with tempfile.TemporaryDirectory(prefix="xianjie-bundle-") as temporary:
        source, made = Path(temporary, "source"), Path(temporary, "made")
        archive = Path(temporary, "source.tar")
        run("git", "-C", ROOT, "archive", "--output", archive, commit)
        with tarfile.open(archive) as packed:
            packed.extractall(source, filter="tar")
        wheels = made / "wheels"
        wheels.mkdir(parents=True)
        run("uv", "build", "--quiet", "--wheel", "--out-dir", wheels, source)
        (ours,) = wheels.glob("*.whl")
        (wheels / ".gitignore").unlink(missing_ok=True)  # uv's
        version = str(parse_wheel_filename(ours.name)[1])
        requirements = locked(source)
        download(requirements, pythons, machine, wheels)
        whole = f"{PROGRAM}=={version} --hash=sha256:{digest(ours)}\n{requirements}"
        (made / "requirements.txt").write_text(whole, "utf-8")
        for name, target in COPIED.items():
            place = made / target
            if (source / name).is_dir():
                shutil.copytree(source / name, place, dirs_exist_ok=True)
            else:
                shutil.copy(source / name, place)
        release = f"{PROGRAM}-{version}-{date}-{commit}"
        for name, text in {"RELEASE": release, "PYTHONS": " ".join(pythons), "MACHINE": machine}.items():
            (made / name).write_text(f"{text}\n", "utf-8")
        files = sorted(path for path in made.rglob("*") if path.is_file())
        sums = [f"{digest(path)}  {path.relative_to(made)}\n" for path in files]
        (made / "SHA256SUMS").write_text("".join(sums), "utf-8")
        target = into / f"{release}-{machine}"
        into.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(made, target)
    return target


def main() -> None:
    """Read the command line, make the bundle, say where it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--revision", default="HEAD", help="commit; what is not committed is not in the bundle")
    parser.add_argument("--pythons", nargs="+", default=PYTHONS, help="Pythons of the machines it is for")
    parser.add_argument("--machine", default=platform.machine(), help="their processor: x86_64 or aarch64")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder")
    parser.add_argument("--no-archive", action="store_true", help="only the folder")
    options = parser.parse_args()
    folder = bundle(options.revision, options.pythons, options.machine, options.output.resolve())
    print(folder)
    if not options.no_archive:
        packed = folder.with_name(f"{folder.name}.tar.gz")
        with tarfile.open(packed, "w:gz", compresslevel=1) as archive:  # wheels are compressed already
            archive.add(folder, folder.name, filter=_nobody)
        print(f"{packed} ({packed.stat().st_size / 2**20:.0f} MB)")


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who made the bundle is nobody's business."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


if __name__ == "__main__":
    os.umask(0o022)
    main()
