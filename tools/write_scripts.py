"""Formats the page's modules and joins them into the one file that is served: `python -m tools.write_scripts`.
`--check` only compares.

As modules they would be some thirty requests and a tenth more bytes for every cold page. The file's first line holds a
digest of the modules it was made from, so that whether it is as old as they are is seen without the program that joins.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys

from tests.scripting import BIOME, SCRIPTS, ensure_packages, packaged
from weryai_ui.ui.http.scripts import JOINED

UI = JOINED.parent.parent
MAIN = UI / "scripts" / "main.js"
OPTIONS = ("--bundle", "--format=esm", "--minify", "--charset=utf8", "--target=es2022", "--log-level=warning")


def first_line() -> str:
    """The first line of a file that is made from the modules as they stand."""
    digest = hashlib.sha256()
    for path in sorted([*UI.glob("scripts/*.js"), *UI.glob("widgets/*/*.js")]):
        text = path.read_text("utf-8")
        digest.update(f"{path.relative_to(UI).as_posix()}\n{len(text)}\n{text}".encode())
    return f"// Made by python -m tools.write_scripts from modules of sha256 {digest.hexdigest()}."


def joined() -> bytes:
    """The modules as one file. Raises `CalledProcessError` where they do not fit together."""
    command = packaged("esbuild/bin/esbuild", str(MAIN), *OPTIONS, f"--banner:js={first_line()}")
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def main(arguments: list[str]) -> int:
    """Writes the file, or says whether it is as the modules are; 0 when it is."""
    if not ensure_packages():
        return 1
    if "--check" not in arguments:
        subprocess.run(packaged(BIOME, "check", "--write", *SCRIPTS), check=False)
        JOINED.write_bytes(joined())
    if JOINED.read_bytes() == joined():
        return 0
    print(f"{JOINED.name} is not made from its modules as they stand: python -m tools.write_scripts")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
