"""Eight processes that reserve from one budget at the same moment."""

from __future__ import annotations

from multiprocessing.synchronize import Barrier
from typing import Any

from tests.process import forkserver
from weryai_ui.access.policy import SendTo
from weryai_ui.store.budget import Budget, BudgetSpent, Charge
from weryai_ui.store.records import NewIntent
from weryai_ui.store.submissions import Store

CAP = 25
PROCESSES = 8
TRIES_EACH = 10


def reserved_by_a_crowd(url: str, rule: str) -> list[int]:
    """How many places each process got under a rule whose cap is `CAP`."""
    fork = forkserver()
    gate, results = fork.Barrier(PROCESSES), fork.Queue()
    crowd = [fork.Process(target=_reserve_all, args=(url, rule, gate, results)) for _ in range(PROCESSES)]
    for process in crowd:
        process.start()
    taken = [results.get(timeout=60) for _ in crowd]
    for process in crowd:
        process.join(20)
    return taken


def _reserve_all(url: str, rule: str, gate: Barrier, results: Any) -> None:
    store = Store(url)
    gate.wait()
    taken = 0
    for number in range(TRIES_EACH):
        new = NewIntent("ann", f"{store.process_id}-{number}", "{}", SendTo.OWNER_KEY, None, "https://example.com")
        try:
            store.begin(new, Charge("ann", 1, Budget(**{rule: CAP})))
            taken += 1
        except BudgetSpent:
            pass
    results.put(taken)
    store.close()
