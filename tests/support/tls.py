"""A TLS proxy before a server on loopback: nginx with the lines that README gives."""

from __future__ import annotations

import re
import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.support.serving import ROOT, until
from tests.support.tools import needed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AROUND = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {server}
}}
"""


def advice() -> str:
    """The nginx lines in README."""
    return re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]


@contextmanager
def proxy(folder: Path, port: int, own_port: int) -> Iterator[str]:
    """Its https address on `own_port`, before what listens on `port`, with its own certificate."""
    nginx, openssl = needed("nginx", "/usr/sbin/nginx"), needed("openssl")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [openssl, "req", "-x509", *options, *subject, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    server = advice()
    for said, meant in (
        ("listen 443 ssl", f"listen 127.0.0.1:{own_port} ssl"),
        ("/etc/ssl/arenden.pem", str(certificate)),
        ("/etc/ssl/arenden.key", str(key)),
        ("http://127.0.0.1:8000", f"http://127.0.0.1:{port}"),
    ):
        assert server.count(said) == 1, said
        server = server.replace(said, meant)
    settings = folder / "nginx.conf"
    settings.write_text(AROUND.format(folder=folder, server=server))
    process = subprocess.Popen([nginx, "-c", settings], stderr=subprocess.PIPE)
    try:
        until(lambda: process.poll() is not None or _listens(own_port), "nginx to listen")
        assert process.poll() is None, (process.stderr and process.stderr.read(), settings)
        yield f"https://127.0.0.1:{own_port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
