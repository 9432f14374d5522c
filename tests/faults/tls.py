"""A hostile server behind TLS, with a certificate made for the run."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

from tests.faults.hostile import Behaviour, HostileServer, Talk


def self_signed(folder: Path) -> Path:
    """A file with a fresh certificate for `localhost`, which is its own authority, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *files], check=True, capture_output=True, timeout=20)
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


class TLSServer(HostileServer):
    """A hostile server whose behaviour begins after the handshake."""

    def __init__(self, certificate: Path, behave: Behaviour) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def behind_tls(talk: Talk) -> None:
            talk.sock = context.wrap_socket(talk.sock, server_side=True)
            with talk.sock:
                behave(talk)

        super().__init__(behind_tls)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"
