"""Runs one module of this package in a child process, with an end in time.

Decoding strangers' media and drawing frames happens there: a crash, a hang or a hungry
render must not reach the process that serves the page.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a child ended: its output, and words when it did not end well."""

    out: bytes
    problem: str | None


def run(
    module: str,
    arguments: Sequence[str],
    given: bytes,
    seconds: float,
    started: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
) -> Ended:
    """Run ``python -m module`` with ``given`` as its input; never raises for its failure.

    ``started`` receives the process, so that another thread can end it early.
    """
    paths = [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
    except OSError as error:
        return Ended(b"", f"could not be started ({type(error).__name__})")
    with process:
        started(process)
        try:
            out, _ = process.communicate(given, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return Ended(b"", f"took longer than {seconds:.0f} s")
    code = process.returncode
    return Ended(out, None if code == 0 else f"ended with code {code}")
