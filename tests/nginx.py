"""nginx with the file that is shipped, in a folder of its own and told where the pages are."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import requests

from tests.machine import find_nginx
from tests.process import LOOK_EVERY_S, ROOT, START_SECONDS, AppProcess, reserved_port

SHIPPED = ROOT / "docs" / "deploy" / "nginx.conf"
FIRST = re.compile(r"^( *server )web-1:7860(.*\n)", re.MULTILINE)
OTHERS = re.compile(r"^ *server web-[2-9]:7860.*\n", re.MULTILINE)
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Proxy:
    """nginx before some pages, however many the file names. Every answer says which of them gave it, in `X-Page`.

    A context manager: running when made, ended at the end.
    """

    def __init__(self, folder: Path, pages: Sequence[AppProcess]) -> None:
        folder.mkdir()
        self._reserved = reserved_port()
        port = self._reserved.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        (folder / "nginx.conf").write_text(_told(SHIPPED.read_text(), folder, port, [each.port for each in pages]))
        command = [str(find_nginx()), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with (folder / "nginx.log").open("wb") as log:
            self._process = subprocess.Popen([*command, "-g", "daemon off; error_log stderr;"], stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            said = (folder / "nginx.log").read_text()
            assert self._process.poll() is None and time.monotonic() < end, f"nginx did not start: {said}"
            time.sleep(LOOK_EVERY_S)

    @property
    def pid(self) -> int:
        """The number of its first process, which starts the others."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._reserved.close()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.RequestException:
            return False


def _told(shipped: str, folder: Path, port: int, pages: Sequence[int]) -> str:
    """The shipped file with the pages of this machine, and with nothing outside of the folder."""
    said = FIRST.sub(lambda found: "".join(f"{found[1]}127.0.0.1:{page}{found[2]}" for page in pages), shipped)
    said = OTHERS.sub("", said)
    here = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in TEMPORARY) + "access_log off;"
    said = said.replace("http {", "http { " + here + " add_header X-Page $upstream_addr always;")
    return said.replace("/tmp/nginx.pid", f"{folder}/nginx.pid").replace("listen 8080", f"listen 127.0.0.1:{port}")
