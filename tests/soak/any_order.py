"""What every deed of `test_any_order` must leave behind it, whoever does it, on whatever, and when.

A deed succeeds or is refused. What is refused has written nothing. What succeeds has written its events; and
the states of everything before it, taken on by what the events tell, are the states after it, each step one
that the state's table allows.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition
from sqlalchemy import func, select

from gateway.allocation_runs.states import NEXT_LINE, NEXT_REQUEST, NEXT_RUN
from gateway.allocation_runs.tables import ProposalRow, RedesignationRequestRow, RunRow
from gateway.local_day import local_day
from gateway.placements.states import NEXT_OFFER, NEXT_PLACEMENT
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.tables import EventRow
from gateway.referrals.states import NEXT
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Refusal
from gateway.storage.store import Store
from tests.gateway.ground import ADMINISTRATOR, KEYS, MANAGER, OFFICER, PROVIDER, REFERRER, Ids, StoppedClock

STATES = {
    ReferralRow: NEXT,
    OfferRow: NEXT_OFFER,
    PlacementRow: NEXT_PLACEMENT,
    RunRow: NEXT_RUN,
    ProposalRow: NEXT_LINE,
    RedesignationRequestRow: NEXT_REQUEST,
}
"""What has a state, and which may follow which."""

MAY_CHANGE_NOTHING = frozenset({"rescore"})
"""Deeds that may return what stands and leave it so: the same facts give the same score."""

CHANCE = st.randoms(use_true_random=True)
"""What a deed is drawn from: one seed, so that every choice is as likely as any other."""

NOBODY = "none-1"
"""An id of nothing at all."""

ANYBODY = (OFFICER, MANAGER, PROVIDER, REFERRER, ADMINISTRATOR)
WHY = (*["It was agreed on the telephone."] * 5, "")


@dataclass(frozen=True, slots=True)
class Standing:
    """How many events there are, the last one's number, and the state of everything that has one."""

    events: int
    last: int
    states: dict


class Gateway(RuleBasedStateMachine):
    """A store, its clock, and deeds done to it one after another; what was done is counted in ``done``."""

    def __init__(self, url, world, done):
        super().__init__()
        self.clock, self.done = StoppedClock(), done
        self.store = Store(url, keys=KEYS, clock=self.clock, new_id=Ids())
        self.store.transact(world)
        self.kinds = {table for table, _ in self.standing().states}

    # -- what deeds are made of -----------------------------------------------------------------------

    def deed(self, chance):
        """Begin a deed: some time has passed since the last one, mostly a little."""
        self.chance = chance
        self.clock.on(minutes=self.pick([1, 1, 1, 90]))

    def pick(self, options):
        return self.chance.choice(list(options))

    def number(self, least, most):
        return self.chance.randint(least, most)

    def coin(self):
        return self.chance.random() < 0.5

    @property
    def today(self):
        return local_day(self.clock())

    def day(self, first=-3, last=10):
        """A day not far from today."""
        return self.today + timedelta(days=self.number(first, last))

    def moment(self):
        """By when something is to be answered, or no time at all."""
        hours = self.pick([None, 8, 48, 400])
        return None if hours is None else self.clock() + timedelta(hours=hours)

    def ids(self, kind, *conditions):
        with self.store.reading() as work:
            return list(work.all(select(kind.id).where(*conditions).order_by(kind.id)))

    def one(self, kind, *likely):
        """The id of any row of a kind; three times in four of those for which the conditions hold."""
        found = self.ids(kind, *likely) if likely and self.number(0, 3) else []
        return self.pick(found or self.ids(kind) or [NOBODY])

    def some(self, kind, *likely, most=2):
        """A few different ids."""
        found = self.ids(kind, *likely) or self.ids(kind) or [NOBODY]
        return self.chance.sample(found, min(len(found), self.number(1, most)))

    def row(self, kind, id):
        """The row as it stands, or ``None``."""
        with self.store.reading() as work:
            return work.session.get(kind, id)

    def seen(self, kind, id):
        """The version that stands; one time in six one that does not."""
        row = self.row(kind, id)
        return (row.version if row is not None else 1) - (not self.number(0, 5))

    # -- what each deed must leave behind it ----------------------------------------------------------

    def does(self, verb, *given, by=None, **facts):
        """Somebody does it; what came of it, or ``None`` if it was refused."""
        by = by or self.pick(ANYBODY)
        return self.came_of(
            verb.__name__,
            lambda: self.store.transact(
                lambda work: verb(*given, by=by, at=self.clock(), work=work, **facts)
            ),
        )

    def came_of(self, name, deed):
        """Do it and look at what it left; whatever is raised but a refusal is a fault."""
        before = self.standing()
        try:
            result = deed()
        except Refusal as refused:
            return self.refused(name, refused, before)
        self.done[name] += 1
        self.account_for(name, result, before, self.standing())
        return result

    def refused(self, name, refusal, before):
        """A refusal has a sentence, and left everything as it was."""
        assert str(refusal).strip()
        assert self.standing() == before, f"{name} was refused and has written something"
        self.done[f"{name}: {type(refusal).__name__}"] += 1

    def account_for(self, name, result, before, after):
        """A deed that found something to do has its events, and no state has moved but as they tell."""
        empty = result is None or (isinstance(result, list | tuple) and not result)
        told_of = after.events > before.events
        assert told_of or empty or name in MAY_CHANGE_NOTHING, f"{name} succeeded without an event"
        told = dict(before.states)
        for table, id, was, is_now in self.moves(before.last):
            assert told.get((table, id)) == was, f"{table} {id} was not {was} before {name}"
            assert was is None or is_now in following(table, was), f"{name}: {table} {id}, {was} to {is_now}"
            told[table, id] = is_now
        self.kinds = {table for table, _ in after.states}
        new = after.states.keys() - told.keys()  # lines of a proposal: counted in their event, not told
        assert told == {key: state for key, state in after.states.items() if key not in new}

    def moves(self, after):
        """Every change of a state that the events after this one tell, in their order."""
        with self.store.reading() as work:
            query = select(EventRow.changes).where(EventRow.number > after).order_by(EventRow.number)
            told = [json.loads(each) for each in work.all(query)]
        tables = {kind.__tablename__ for kind in STATES}
        for changes in told:
            for name, columns in changes.items():
                table, _, id = name.partition("/")
                if table in tables and "status" in columns:
                    yield table, id, *columns["status"]

    def standing(self):
        with self.store.reading() as work:
            count, last = work.session.execute(
                select(func.count(EventRow.number), func.max(EventRow.number))
            ).one()
            states = {
                (kind.__tablename__, id): str(state.value)
                for kind in STATES
                for id, state in work.session.execute(select(kind.id, kind.status))
            }
        return Standing(count, last or 0, states)


def if_there_are(table):
    """A rule that is tried once there is something of a kind to do it to."""
    return precondition(lambda self: table in self.kinds)


def following(table, state):
    """The states that may follow, as text."""
    (follow,) = [follow for kind, follow in STATES.items() if kind.__tablename__ == table]
    return {str(each.value) for now, after in follow.items() if now.value == state for each in after}
