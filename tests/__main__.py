"""All checks of the project: ``python -m tests``. What follows goes to pytest: ``python -m tests -n 0 -m slow``.

A browser first, then the quick gates, then the tests, shared out among the processors. Every gate runs even when
one before it failed. The few tests that fail beside others are run once more, one after the other; the exit status is
0 only when everything passed in the end. Pytest's closing line is the last one printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests import postgres, scripting
from tests.machine import CHOSEN, ensure_browser, ensure_nginx, ensure_programs

SOME_FAILED = 1
"""Pytest's exit status where tests failed, and nothing worse happened."""
FAILED_GATES = "FAILED_GATES"
"""The environment variable by which pytest's summary learns which gates failed before it."""
WORKERS = ["-n", "logical", "--maxprocesses", "4", "--dist", "worksteal"]
"""One worker a processor. Not in `addopts`: a single file is done before workers have started. `-n 0` asks for none."""
ROOT = Path(__file__).resolve().parent.parent
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
AGAIN_AT_MOST = 10
"""More than a few that fail are no matter of a busy machine."""
GATES = {
    "ruff check": ["ruff", "check"],
    "ruff format": ["ruff", "format", "--check"],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports", "--no-logo"],
}


def main(arguments: list[str]) -> int:
    """Runs everything; 0 when all of it passed."""
    browser = ensure_browser()
    failed = [] if browser else ["browser (install Chromium, or name one in WERYAI_TEST_BROWSER)"]
    failed += [f"{name} (install it)" for name in ensure_programs()]
    ensure_nginx()
    gates = {name: _in_this_environment(command) for name, command in GATES.items()}
    if scripting.ensure_packages():
        gates |= scripting.gates()
    elif scripting.is_registry_reachable():
        failed.append("packages of tests/package-lock.json")
    else:
        print(scripting.LEFT_OUT, flush=True)
    for name, command in gates.items():
        print(f"--- {name}", flush=True)
        if _call(command):
            failed.append(name)
    environment = {FAILED_GATES: ", ".join(failed)}
    if browser:
        environment[CHOSEN] = str(browser)
    if not arguments:
        failed += _on_postgres()
        environment[FAILED_GATES] = ", ".join(failed)
    print("--- pytest", flush=True)
    return _pytest(arguments, environment) or len(failed)


def _on_postgres() -> list[str]:
    print("--- pytest on PostgreSQL", flush=True)
    with postgres.server() as url:
        status = _pytest(postgres.RUN_ON_IT, {postgres.VARIABLE: url})
    return ["tests on PostgreSQL"] * bool(status)


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """Pytest's exit status, in the end."""
    status = _call([sys.executable, "-m", "pytest", *WORKERS, *arguments], environment)
    if status == SOME_FAILED and 0 < len(names := _last_failed()) <= AGAIN_AT_MOST:
        print("--- failed beside others, once more alone (what passes now hangs on how busy the machine is):", *names)
        again = ["-n", "0", "--last-failed", "--last-failed-no-failures", "none"]
        status = _call([sys.executable, "-m", "pytest", *arguments, *again], environment)
    return status


def _last_failed() -> list[str]:
    """The tests that pytest remembers to have failed."""
    try:
        return sorted(json.loads(LAST_FAILED.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def _in_this_environment(command: list[str]) -> list[str]:
    """The command from the same virtual environment, whether or not that is active."""
    return [str(Path(sysconfig.get_path("scripts"), command[0])), *command[1:]]


def _call(command: list[str], environment: dict[str, str] | None = None) -> int:
    # Nothing may ask a question: the same run has to work where nobody can answer.
    return subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
