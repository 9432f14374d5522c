"""Eight processes that reserve from one budget at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.process import forkserver
from weryai_ui.request.price import Shape
from weryai_ui.store.budget import Budget, BudgetSpent, Charge
from weryai_ui.store.ledger_records import End, NewEntry, Settled
from weryai_ui.store.records import NewIntent, SendTo
from weryai_ui.store.submissions import Store

CAP = 25
PROCESSES = 8
TRIES_EACH = 10


def reserved_by_a_crowd(url: str, rule: str) -> list[int]:
    """How many places each process got under a rule whose cap is `CAP`."""
    return _of_a_crowd(_reserve_all, url, rule)


def spent_by_a_crowd(url: str, ceiling: int, costs: Sequence[int], thought: int) -> list[int]:
    """What each process spent under a ceiling in credits: each reserves what it thought, and settles what it cost."""
    return _of_a_crowd(_spend, url, ceiling, costs, thought)


def _of_a_crowd(work: Callable[..., None], *given: Any) -> list[int]:
    """What each process put into the queue that it is given after the others, beside the gate at which all begin."""
    fork = forkserver()
    gate, results = fork.Barrier(PROCESSES), fork.Queue()
    crowd = [fork.Process(target=work, args=(*given, gate, results)) for _ in range(PROCESSES)]
    for process in crowd:
        process.start()
    found = [results.get(timeout=60) for _ in crowd]
    for process in crowd:
        process.join(20)
    return found


def _spend(url: str, ceiling: int, costs: Sequence[int], thought: int, gate: Barrier, results: Any) -> None:
    store = Store(url)
    entry = NewEntry(store.process_id, "https://example.com", "", Shape("M", "720p", 5, "false", 1))
    gate.wait()
    spent = 0
    for number, cost in enumerate(costs):
        new = NewIntent("ann", f"{store.process_id}-{number}", "{}", SendTo.OWNER_KEY, None, "https://example.com")
        try:
            store.begin(new, Charge("ann", 1, Budget(credits_per_day=ceiling), thought), entry)
        except BudgetSpent:
            continue
        mine = [each for each in store.ledger.open() if each.account == store.process_id]
        assert store.ledger.settle(mine, [Settled(mine[0].intent_id, End.READY, cost, False)], None, 0.0)
        spent += cost
    results.put(spent)
    store.close()


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
