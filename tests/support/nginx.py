"""Debian's nginx with the configuration that counties are given, on loopback, before running servers."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.server import free_port

ROOT = Path(__file__).parents[2]
NGINX = ROOT / "deploy" / "nginx"
PORTAL = ("#192.0.2.20 1;", "#set_real_ip_from 192.0.2.20;")
"""The lines a county with a portal puts into use."""
PROCESSES = ("127.0.0.1:8501", "127.0.0.1:8502")
"""Where the configuration expects the processes."""
_PATIENCE = 20
_MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    {temporary}
    include {folder}/xianjie.conf;
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Gateway:
    """A running nginx: its address by https and http, its certificate, its folder with the logs, its process."""

    url: str
    plain: str
    certificate: Path
    folder: Path
    pid: int

    @property
    def trusting(self) -> ssl.SSLContext:
        """Trust its certificate, and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))


def program() -> str:
    """Return nginx, which stands where only root looks by itself."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or "nginx"


def configured(folder: Path, ports: Sequence[int], https: int, http: int, portal: str | None = None) -> Path:
    """Write the county's configuration with the test's ports, names, folders and portal in place of its own."""
    text = (NGINX / "xianjie.conf").read_text("utf-8")
    for old, new in {
        "listen 443": f"listen 127.0.0.1:{https}",
        "listen 80": f"listen 127.0.0.1:{http}",
        "server_name xianjie.example.internal;": "server_name localhost;",
        "https://$host$request_uri": f"https://$host:{https}$request_uri",
        "/etc/xianjie/tls/": f"{folder}/",
        "/var/log/nginx/": f"{folder}/",
        "/opt/xianjie/nginx/errors/": f"{NGINX / 'errors'}/",
        **{place: f"127.0.0.1:{port}" for place, port in zip(PROCESSES, ports, strict=True)},
        **{line: line[1:].replace("192.0.2.20", portal) for line in PORTAL if portal},
    }.items():
        assert old in text, f"xianjie.conf has no {old} any more"
        text = text.replace(old, new)
    (folder / "xianjie.conf").write_text(text, "utf-8")
    temporary = "\n    ".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    # Started by root, it would give its workers to an account that may not read the test's folders.
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(_MAIN.format(folder=folder, user=user, temporary=temporary), "utf-8")
    return main


def certified(folder: Path) -> Path:
    """Make a key and a certificate of its own for `localhost`, by the command of the manual."""
    certificate = folder / "server.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "825", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(folder / "server.key"), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate


@contextmanager
def before(folder: Path, ports: Sequence[int], portal: str | None = None) -> Iterator[Gateway]:
    """Run nginx until the block ends.

    Parameters
    ----------
    folder
        For its files and logs.
    ports
        Of the processes, in the configuration's order.
    portal
        Address of the one that signs people in; None = there is none.
    """
    https, http = free_port(), free_port()
    certificate = certified(folder)
    command = [program(), "-c", str(configured(folder, ports, https, http, portal)), "-e", str(folder / "error.log")]
    with (folder / "stderr.log").open("wb") as complaints:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=complaints)
    try:
        _wait(process, https, folder)
        yield Gateway(f"https://localhost:{https}", f"http://localhost:{http}", certificate, folder, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _wait(process: subprocess.Popen, port: int, folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"nginx ended with {process.returncode}:\n{(folder / 'stderr.log').read_text()[-3000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nginx does not listen on {port} after {_PATIENCE} s")
