"""One table of ratios: `python -m bench`, or `python -m bench startup page` for some rows.

Each figure is measured beside what it stands against, in the same run and in turn. A missed goal is no failure: the
exit status is 1 only when something could not be measured.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import statistics
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.machine import Others
from bench.measure import CannotMeasure, Row

FILES = {
    "startup": "startup",
    "page": "page",
    "bytes": "wire",
    "shared": "shared",
    "click": "press",
    "keystroke": "keystroke",
    "interaction": "interaction",
    "polling": "polling",
    "following": "following",
    "pages": "pages",
    "replicas": "replicas",
    "history": "history",
    "animatic": "animatic",
    "tests": "whole_tests",
}
"""The rows in the order of the table, each with its module here."""
ONLY_WHEN_NAMED = ("tests", "following", "replicas")
HEAD = ("row", "what", "ours: median (min-max)", "against", "median (min-max)", "ratio (pairs)", "goal", "")


def main(arguments: Sequence[str]) -> int:
    """Measures, prints and writes; 1 when a row could not be measured."""
    asked = _asked(arguments)
    names = asked.rows or [name for name in FILES if name not in ONLY_WHEN_NAMED]
    found, broken, others = list[Row](), list[str](), dict[str, float | None]()
    for name in names:
        began, beside = time.monotonic(), Others()
        rows = list[Row]()
        try:
            module = importlib.import_module(f"bench.{FILES[name]}")
            whole = name == "tests" and asked.tests_seconds
            rows = module.rows_of(asked.tests_seconds) if whole else module.rows(asked.runs)
        except Exception as error:  # noqa: BLE001 - one row that breaks must not take the others along
            broken.append(f"{name}: {error if isinstance(error, CannotMeasure) else traceback.format_exc()}")
            print(f"could not be measured: {broken[-1]}", file=sys.stderr)
        found += rows
        others[name] = beside.share()
        # Written row by row, so that a run that is cut short keeps what it has.
        _write(asked.json, found, broken, {"runs": asked.runs, "others": others})
        print(f"{name}: {time.monotonic() - began:.0f} s{_beside(others[name])}", file=sys.stderr)
        for row in rows:
            print("  " + "  ".join(filter(None, _cells(row))), file=sys.stderr, flush=True)
    print(table(found))
    for row in found:
        for words in filter(None, (row.spoiled, row.note)):
            print(f"{row.name}, {row.what}: {words}")
    for words in broken:
        print(f"could not be measured: {words.splitlines()[-1]}", file=sys.stderr)
    return 1 if broken else 0


def table(rows: Sequence[Row]) -> str:
    """The rows as lines of equal columns."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    goal = "" if row.goal is None else f"{'<' if row.below else '<='} {row.goal:g}"
    said = {None: "", True: "met", False: "MISSED"}[row.met]
    ratio = f"{row.ratio:.2f} ({min(row.pairs):.2f}-{max(row.pairs):.2f})"
    return (
        row.name,
        row.what,
        _spread(row.ours, row.unit),
        row.against,
        _spread(row.theirs, row.unit),
        ratio,
        goal,
        said,
    )


def _spread(values: Sequence[float], unit: str) -> str:
    middle = f"{statistics.median(values):.3g}"
    if min(values) == max(values):
        return f"{middle} {unit}".rstrip()
    return f"{middle} ({min(values):.3g}-{max(values):.3g}) {unit}".rstrip()


def _beside(share: float | None) -> str:
    return "" if share is None else f", others took at most {100 * share:.0f} % of a processor meanwhile"


def _write(path: Path, rows: Sequence[Row], broken: Sequence[str], about: Mapping[str, Any]) -> None:
    data = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        **about,
        "rows": [row.as_data() for row in rows],
        "could_not_be_measured": list(broken),
    }
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"which rows: {', '.join(FILES)}; all but tests if none")
    parser.add_argument("--runs", type=int, default=7, help="how often each is measured (7)")
    parser.add_argument("--json", type=Path, default=Path(__file__).parent / "results.json", help="where to write it")
    parser.add_argument("--tests-seconds", type=float, help="what a whole test run took, when one was made before")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.rows if name not in FILES]:
        parser.error(f"no such row: {', '.join(unknown)}")
    if asked.runs < 1:
        parser.error("--runs has to be 1 or more")
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
