"""Every shape in which the service is known to answer: `shapes.json`, one row each, for all that read answers.

A row has the call that is answered, the answer, and what is to be read from it. In an answer TASK stands for the task's
own id, and HERE for the address of films and covers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROWS = json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Shape:
    """One row. Of `outcome` and `ids`, and of `state` and what follows it, one has a meaning: by the `call`."""

    name: str
    call: str
    answer: dict[str, Any]
    http: int = 200
    outcome: str = ""
    ids: tuple[str, ...] = ()
    batch_id: str | None = None
    state: str = ""
    films: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    says: str | None = None
    cost_credits: float | None = None

    def __str__(self) -> str:
        return self.name

    def body(self, *, task: str = "task_1", here: str = "https://cdn.example") -> bytes:
        """The answer as bytes, for a task's id and an address of films."""
        return json.dumps(self.answer, ensure_ascii=False).replace("TASK", task).replace("HERE", here).encode()


def _shape(row: dict[str, Any]) -> Shape:
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Shape(**given)


SHAPES = tuple(map(_shape, ROWS))
SUBMITS = tuple(shape for shape in SHAPES if shape.call == "submit")
STATUSES = tuple(shape for shape in SHAPES if shape.call == "status")
