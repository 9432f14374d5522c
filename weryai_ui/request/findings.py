"""What a judgement says: each finding with the rule that made it, its figures, and the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from weryai_ui.i18n import say
from weryai_ui.request.fields import (
    GenerationRequest,
)


@dataclass(frozen=True)
class Finding:
    """One thing to say about one field: the rule that found it, its figures, and the sentence."""

    field: str
    rule: str
    values: Mapping[str, str]
    text: str
    """The sentence with the limit and the value, in the language spoken when it was found."""


@dataclass(frozen=True)
class CheckResult:
    """What `check` found. `request` is there exactly when there is no problem."""

    request: GenerationRequest | None
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    def with_warning(self, field: str, rule: str) -> CheckResult:
        """With one warning more, about what only the destination decides."""
        return replace(self, warnings=(*self.warnings, _found(field, rule, {})))


class Findings:
    """The findings of one judgement under way."""

    def __init__(self) -> None:
        self.problems: list[Finding] = []
        self.warnings: list[Finding] = []

    def problem(self, field: str, rule: str, **values: object) -> None:
        """A broken rule of the reference page."""
        self.problems.append(_found(field, rule, values))

    def warning(self, field: str, rule: str, **values: object) -> None:
        """What only other sources say, or what nobody could measure."""
        self.warnings.append(_found(field, rule, values))


def _found(field: str, rule: str, values: Mapping[str, object]) -> Finding:
    return Finding(field, rule, {name: str(value) for name, value in values.items()}, say(f"rule.{rule}", **values))
