"""Looks every locked package up in the vulnerability database: ``python -m tools.audit``.

Needs ``pip-audit`` and the internet. Exit status 0 only when every package of `requirements.lock` was looked up and
none has a known vulnerability: an audit that looked at nothing, or not at all of it, has failed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
COMMAND = ("--strict", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")


def locked(text: str) -> dict[str, str]:
    """Name and version of each locked package that belongs into this environment."""
    lines = text.replace("\\\n", " ").splitlines()
    found = [Requirement(line.partition(" --hash")[0].strip()) for line in lines if line and not line.startswith("#")]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in found
        if each.marker is None or each.marker.evaluate()
    }


def troubles(report: Mapping[str, Any], wanted: Mapping[str, str]) -> list[str]:
    """What is wrong with an audit's report, in sentences; none when every wanted package is known to be sound."""
    looked_up = {
        (canonicalize_name(each["name"]), each["version"]): each.get("vulns", ())
        for each in report.get("dependencies", ())
        if "version" in each and "skip_reason" not in each
    }
    found = ["Nothing was to be audited."] if not wanted else []
    found += [
        f"{name} {version} was not looked up." for name, version in wanted.items() if (name, version) not in looked_up
    ]
    for (name, version), known in looked_up.items():
        found += [f"{name} {version}: {each['id']}, mended in {each.get('fix_versions')}" for each in known]
    return found


def main() -> int:
    """Audits the lock; prints what is wrong."""
    command = [sys.executable, "-m", "pip_audit", *COMMAND, "-r", str(LOCK)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
    wanted = locked(LOCK.read_text(encoding="utf-8"))
    try:
        found = troubles(json.loads(done.stdout), wanted)
    except ValueError:
        found = ["The audit gave no report.", done.stderr.strip()[-2000:]]
    for each in found:
        print(each)
    if not found and done.returncode == 0:
        print(f"{len(wanted)} packages looked up, none with a known vulnerability.")
    return 1 if found else done.returncode


if __name__ == "__main__":
    sys.exit(main())
