"""The lock holds what the ranges allow, each with hashes, and an audit that audits nothing fails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.process import ROOT
from tools.audit import LOCK, locked, troubles

TEXT = LOCK.read_text(encoding="utf-8")


def ranges() -> list[Requirement]:
    lines = [
        line.partition("#")[0].strip()
        for name in ("requirements.txt", "tests/requirements.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    ]
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


@pytest.mark.parametrize("wanted", ranges(), ids=str)
def test_the_lock_holds_a_version_that_the_range_allows(wanted: Requirement) -> None:
    assert locked(TEXT)[canonicalize_name(wanted.name)] in wanted.specifier, "run the command at the lock's top"


def test_every_locked_package_is_exact_and_has_hashes() -> None:
    packages = [line for line in TEXT.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    assert len(packages) > 40
    for package in packages:
        assert re.match(r"[\w.-]+==[\w.!+]+ .*--hash=sha256:[0-9a-f]{64}", package), package
        assert "://" not in package and "file:" not in package


SOUND = {"dependencies": [{"name": "A", "version": "1", "vulns": []}]}


@pytest.mark.parametrize(
    ("report", "wanted", "says"),
    [
        ({}, {}, "Nothing was to be audited."),
        ({"dependencies": []}, {"a": "1"}, "a 1 was not looked up."),
        ({"dependencies": [{"name": "a", "skip_reason": "not on PyPI"}]}, {"a": "1"}, "a 1 was not looked up."),
        (SOUND, {"a": "2"}, "a 2 was not looked up."),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}, {"a": "1"}, "PYSEC-1"),
    ],
)
def test_an_audit_that_did_not_look_at_everything_or_found_something_fails(
    report: dict[str, Any], wanted: dict[str, str], says: str
) -> None:
    assert says in " ".join(troubles(report, wanted))


def test_an_audit_that_looked_at_everything_and_found_nothing_passes() -> None:
    assert troubles(SOUND, {"a": "1"}) == []


def test_ci_installs_the_lock_by_its_hashes_and_audits_it() -> None:
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.lock" in workflow
    assert "python -m tools.audit" in workflow
