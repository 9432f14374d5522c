"""Plans in one database: which variants are to be sent, which process sends them, and what became of each.

A plan belongs to one process while it runs; what a dead one left is taken up by another. Which process it is decides
nothing about money: each variant has an idempotency key, under which no two processes can record two submissions.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, delete, func, insert, not_, select, update

from weryai_ui.store.database import needs_database
from weryai_ui.store.filters import bump_visitor
from weryai_ui.store.plan_records import NewPlan, Plan, PlanState, Settled, Variant, VariantState
from weryai_ui.store.process import living
from weryai_ui.store.records import SendTo
from weryai_ui.store.schema import plans, variants
from weryai_ui.store.set_aside import MOST_FAULTS, NO_FAULTS

MOST_UNFINISHED = 3
"""Of one visitor: each stands on their page until it is done or taken away."""
KEPT_S = 7 * 24 * 3600.0
"""A plan that nobody has touched for so long goes, with what it did not send."""
TO_SEND = (VariantState.SENDING, VariantState.WAITING)

NOBODY = ""
"""Who sends a plan that the next process which sends plans takes up."""


class Plans:
    """The plans in one database, as one process works on them. Thread-safe. Every method is one transaction."""

    def __init__(
        self,
        writer: Engine,
        reader: Engine,
        process_id: str,
        clock: Callable[[], float] = time.time,
        lease_time: Callable[[], float] = time.time,
    ) -> None:
        self._lease_time = lease_time
        self._writer = writer
        self._reader = reader
        self._process_id = process_id
        self._clock = clock

    # --- what a visitor does -----------------------------------------------------------------------

    @needs_database
    def add(self, new: NewPlan, *, for_others: bool = False) -> Plan | None:
        """Makes a plan, which runs from now on; the one that is there where it was made before.

        `for_others`: another process sends it, unless it goes with a key of its visitor's own, which only this one has.

        None where its visitor has as many unfinished ones as one may. One that is done makes room.
        """
        now = self._clock()
        with self._writer.begin() as connection:
            theirs = plans.c.visitor == new.visitor
            # Everybody takes the rows of plans before that of their visitor, by which two that come at once are counted
            # one by one.
            connection.execute(select(plans.c.id).where(theirs).order_by(plans.c.id).with_for_update())
            bump_visitor(connection, new.visitor, now)
            if found := _read(connection, plans.c.id == new.id):
                return found[0]
            connection.execute(delete(plans).where(theirs, plans.c.state == PlanState.DONE))
            if connection.execute(select(func.count()).where(theirs)).scalar_one() >= MOST_UNFINISHED:
                return None
            connection.execute(insert(plans), self._row(new, now, for_others))
            connection.execute(insert(variants), [_variant_row(new, each) for each in range(len(new.variants))])
            return _read(connection, plans.c.id == new.id)[0]

    @needs_database
    def of(self, visitor: str) -> tuple[Plan, ...]:
        """A visitor's plans, the newest first."""
        with self._reader.connect() as connection:
            return _read(connection, plans.c.visitor == visitor)

    @needs_database
    def stop(self, visitor: str, plan_id: str) -> bool:
        """Has a visitor's plan send no further variant; False when it is not theirs or does not run."""
        running = and_(_theirs(visitor, plan_id), plans.c.state == PlanState.RUNNING)
        return self._changed(visitor, running, state=PlanState.STOPPED, said=None, stopped_by=None)

    @needs_database
    def go_on(
        self,
        visitor: str,
        plan_id: str,
        caller: Mapping[str, Any],
        language: str,
        *,
        account: str = "",
        for_others: bool = False,
    ) -> bool:
        """Has a stopped plan of a visitor's go on, as with `add`; False when it is not theirs or not stopped."""
        stopped = and_(_theirs(visitor, plan_id), plans.c.state == PlanState.STOPPED)
        own = plans.c.send_to == SendTo.MY_KEY
        sender = case((own, self._process_id), else_=NOBODY) if for_others else self._process_id
        values = {"caller": dict(caller), "language": language, "process_id": sender, "account": account, **NO_FAULTS}
        return self._changed(visitor, stopped, state=PlanState.RUNNING, said=None, stopped_by=None, **values)

    @needs_database
    def remove(self, visitor: str, plan_id: str) -> bool:
        """Takes a plan away that does not run; its submissions stay. False when it is not theirs."""
        with self._writer.begin() as connection:
            at_rest = and_(_theirs(visitor, plan_id), plans.c.state != PlanState.RUNNING)
            gone = connection.execute(delete(plans).where(at_rest)).rowcount > 0
            if gone:
                bump_visitor(connection, visitor, self._clock())
            return gone

    # --- who sends ---------------------------------------------------------------------------------

    def take_up(self) -> None:
        """Makes the plans that a dead process was sending this one's."""
        orphaned = and_(plans.c.state == PlanState.RUNNING, plans.c.process_id.not_in(living(self._lease_time())))
        with self._reader.connect() as connection:
            if connection.execute(select(plans.c.id).where(orphaned).limit(1)).first() is None:
                return
        with self._writer.begin() as connection:
            found = select(plans.c.id).where(orphaned).with_for_update(skip_locked=True)
            ids = connection.execute(found).scalars().all()
            connection.execute(update(plans).where(plans.c.id.in_(ids)).values(process_id=self._process_id))

    def running_here(self) -> Sequence[str]:
        """The ids of the plans that this process is to send, the oldest first."""
        mine = and_(plans.c.state == PlanState.RUNNING, plans.c.process_id == self._process_id)
        with self._reader.connect() as connection:
            return connection.execute(select(plans.c.id).where(mine).order_by(plans.c.created_at)).scalars().all()

    def next(self, plan_id: str) -> tuple[Plan, Variant] | None:
        """The variant that is to be sent now, marked so that whoever reads it knows that it may be on its way.

        None where the plan is not this process's to send, or has nothing left; then it is done.
        """
        now = self._clock()
        with self._writer.begin() as connection:
            plan = self._mine(connection, plan_id)
            if plan is None:
                return None
            variant = next((each for each in plan.variants if each.state in TO_SEND), None)
            if variant is None:
                connection.execute(update(plans).where(plans.c.id == plan_id).values(state=PlanState.DONE))
            elif variant.state is VariantState.WAITING:
                where = _place(plan_id, variant.place)
                connection.execute(update(variants).where(where).values(state=VariantState.SENDING))
            else:
                return plan, variant
            connection.execute(update(plans).where(plans.c.id == plan_id).values(updated_at=now))
            bump_visitor(connection, plan.visitor, now)
        return None if variant is None else (plan, variant)

    def settle(self, plan: Plan, variant: Variant, settled: Settled) -> None:
        """Records what became of a variant under its key; nothing where another process did so meanwhile."""
        now = self._clock()
        over = settled.state in (VariantState.SENT, VariantState.REFUSED)
        values = {"state": settled.state, "intent_id": settled.intent_id, "said": settled.said if over else None}
        values |= {"asked": "{}"} if over else {}
        values |= {"idempotency_key": settled.new_key} if settled.new_key else {}
        same = and_(_place(plan.id, variant.place), variants.c.idempotency_key == variant.idempotency_key)
        with self._writer.begin() as connection:
            connection.execute(select(plans.c.id).where(plans.c.id == plan.id).with_for_update())
            on_its_way = and_(same, variants.c.state == VariantState.SENDING)
            if not connection.execute(update(variants).where(on_its_way).values(**values)).rowcount:
                return
            connection.execute(update(plans).where(plans.c.id == plan.id).values(updated_at=now, **NO_FAULTS))
            self._move_on(connection, plan, settled)
            bump_visitor(connection, plan.visitor, now)

    def broke(self, plan_id: str, error: str, said: Callable[[str], str]) -> None:
        """Notes that sending failed in a way that nobody foresaw. Too often in a row, and the plan stops.

        `said` gives the reason for its visitor, in the language that it is given.
        """
        with self._writer.begin() as connection:
            plan = self._mine(connection, plan_id)
            if plan is None:
                return
            values: dict[str, Any] = {"faults": plan.faults + 1, "error": error}
            if plan.faults + 1 >= MOST_FAULTS:
                now = self._clock()
                values |= {
                    "state": PlanState.STOPPED,
                    "said": said(plan.language),
                    "stopped_by": None,
                    "updated_at": now,
                }
                bump_visitor(connection, plan.visitor, now)
            connection.execute(update(plans).where(plans.c.id == plan_id).values(**values))

    def forget_old(self) -> None:
        """Deletes what nobody has touched for `KEPT_S` and does not run."""
        old = and_(plans.c.state != PlanState.RUNNING, plans.c.updated_at < self._clock() - KEPT_S)
        with self._reader.connect() as connection:
            if connection.execute(select(plans.c.id).where(old).limit(1)).first() is None:
                return
        with self._writer.begin() as connection:
            connection.execute(delete(plans).where(old))

    # --- pieces --------------------------------------------------------------------------------------

    def _changed(self, visitor: str, which: ColumnElement[bool], **values: Any) -> bool:
        now = self._clock()
        with self._writer.begin() as connection:
            changed = connection.execute(update(plans).where(which).values(updated_at=now, **values)).rowcount > 0
            if changed:
                bump_visitor(connection, visitor, now)
            return changed

    def _mine(self, connection: Connection, plan_id: str) -> Plan | None:
        """The plan with its row held, while it runs and is this process's."""
        mine = and_(plans.c.id == plan_id, plans.c.process_id == self._process_id, plans.c.state == PlanState.RUNNING)
        if connection.execute(select(plans.c.id).where(mine).with_for_update()).first() is None:
            return None
        return _read(connection, plans.c.id == plan_id)[0]

    def _move_on(self, connection: Connection, plan: Plan, settled: Settled) -> None:
        """The plan is done when nothing waits any more, and stopped by what stops it."""
        left = select(func.count()).where(variants.c.plan_id == plan.id, variants.c.state.in_(TO_SEND))
        running = and_(plans.c.id == plan.id, plans.c.state == PlanState.RUNNING)
        if not connection.execute(left).scalar_one():
            at_work = and_(plans.c.id == plan.id, not_(plans.c.state == PlanState.DONE))
            done = {"state": PlanState.DONE, "said": None, "stopped_by": None}
            connection.execute(update(plans).where(at_work).values(**done))
        elif settled.stops:
            stopped = {"state": PlanState.STOPPED, "said": settled.said, "stopped_by": settled.intent_id}
            connection.execute(update(plans).where(running).values(**stopped))

    def _row(self, new: NewPlan, now: float, for_others: bool) -> dict[str, Any]:
        sender = NOBODY if for_others and new.send_to is not SendTo.MY_KEY else self._process_id
        row = {name: value for name, value in vars(new).items() if name != "variants"}
        more = {"state": PlanState.RUNNING, "process_id": sender, "created_at": now, "updated_at": now}
        return {**row, "caller": dict(new.caller), **more}


def _variant_row(new: NewPlan, place: int) -> dict[str, Any]:
    key, asked = new.variants[place]
    value = asked["values"].get(new.varies)
    # A prompt's words stand in its submission, and go with it.
    name = "" if new.varies == "prompt" or value is None else str(value)[:64]
    text = json.dumps(asked, ensure_ascii=False)
    row = {"plan_id": new.id, "place": place, "idempotency_key": key, "asked": text, "name": name}
    return {**row, "state": VariantState.WAITING}


def _theirs(visitor: str, plan_id: str) -> ColumnElement[bool]:
    return and_(plans.c.id == plan_id, plans.c.visitor == visitor)


def _place(plan_id: str, place: int) -> ColumnElement[bool]:
    return and_(variants.c.plan_id == plan_id, variants.c.place == place)


def _read(connection: Connection, which: ColumnElement[bool]) -> tuple[Plan, ...]:
    rows = connection.execute(select(plans).where(which).order_by(plans.c.created_at.desc())).all()
    of_them = select(variants).where(variants.c.plan_id.in_([row.id for row in rows])).order_by(variants.c.place)
    parts = defaultdict[str, list[Variant]](list)
    for each in connection.execute(of_them):
        told = {"intent_id": each.intent_id, "said": each.said, "name": each.name}
        state = VariantState(each.state)
        parts[each.plan_id].append(Variant(each.place, each.idempotency_key, json.loads(each.asked), state, **told))
    return tuple(_plan(row, tuple(parts[row.id])) for row in rows)


def _plan(row: Any, parts: tuple[Variant, ...]) -> Plan:
    names = Plan.__dataclass_fields__.keys() - {"variants", "send_to", "state"}
    same = {name: row._mapping[name] for name in names}
    return Plan(send_to=SendTo(row.send_to), state=PlanState(row.state), variants=parts, **same)
