"""What the referee, and a small simulator of moving days, say of a plan; nothing here asks the engine."""

from collections import Counter
from dataclasses import replace
from itertools import product

from hypothesis import Phase, settings

from allocation import exhaustive
from allocation.exhaustive import Levels
from allocation.plan import Status, Unlock
from allocation.problem import Gender

USUAL = 100
"""How many examples Hypothesis draws if nobody says otherwise."""


def examples(count):
    """That many examples in a test run, and as many times more in a soak as its profile says."""
    times = max(1, settings.default.max_examples // USUAL)
    phases = [phase for phase in Phase if phase is not Phase.explain]  # it takes longer than it tells
    return settings(max_examples=count * times, phases=phases)


# ------------------------------------------------------------------------------------------ the plan


def assignment_of(problem, plan):
    """Where everybody ends, as the referee takes it."""
    ends = {person.id: None for person in problem.people}
    return ends | {each.person: (each.service, each.pool) for each in plan.placements}


def conversions_of(plan):
    """Units converted, as the referee takes them."""
    return {(each.service, each.source, each.target): each.units for each in plan.conversions}


def violations(problem, plan):
    """Every rule the plan breaks."""
    return exhaustive.violations(problem, assignment_of(problem, plan), conversions_of(plan))


def levels(problem, plan):
    """How good the plan is."""
    return exhaustive.levels(problem, assignment_of(problem, plan), conversions_of(plan))


def agrees(problem, plan):
    """Fail unless the plan is possible and exactly as good as the best one there is, and says so."""
    best = exhaustive.best(problem)
    if best is None:
        assert plan.status is Status.INFEASIBLE
        assert not met_together(problem, conflict(problem, plan)), plan.summary.message
        return
    assert plan.status is Status.OPTIMAL
    assert violations(problem, plan) == []
    assert levels(problem, plan) == best.levels
    assert (plan.summary.cost, plan.summary.moved) == (best.levels.cost, best.levels.moved)


def conflict(problem, plan):
    """The quotas with a ``min_units`` that the message of an infeasible plan names."""
    words = plan.summary.message.replace(",", " ").split()
    named = {quota.id for quota in problem.quotas if quota.min_units and quota.id in words}
    assert named, plan.summary.message
    return named


def met_together(problem, demands):
    """Whether the ``min_units`` of these quotas can be met, those of all others forgotten."""
    quotas = [quota if quota.id in demands else replace(quota, min_units=0) for quota in problem.quotas]
    return exhaustive.best(replace(problem, quotas=tuple(quotas))) is not None


# --------------------------------------------------------------------------------- what would place whom


def changes(problem):
    """Every single change, and the problems it makes of ``problem``: what one of them allows is allowed."""
    for service in problem.services:
        for pool in service.pools:
            change = Unlock(kind="pool", service=service.id, pool=pool.id)
            yield change, [_with_service(problem, _larger(service, pool))]
        for way in service.conversions:
            change = Unlock(kind="conversion", service=service.id, source=way.source, target=way.target)
            yield change, _one_more(_with_service(problem, _longer(service, way)), service.id, way)
    for quota in problem.quotas:
        if quota.max_units is not None:
            larger = replace(quota, max_units=quota.max_units + 1)
            quotas = tuple(larger if each is quota else each for each in problem.quotas)
            yield Unlock(kind="quota", quota=quota.id), [replace(problem, quotas=quotas)]


def _one_more(problem, service, way):
    """One more unit converted that way than the whole plan may: the unit beyond the limit is of that way."""
    most = problem.limits.conversions
    if most is None:
        return [problem]
    ways = [(each.id, own.source, own.target) for each in problem.services for own in each.conversions]
    units = {(each.id, pool.id): pool.units for each in problem.services for pool in each.pools}
    ranges = [range(units[name[0], name[1]] + 1) for name in ways]
    caps = [dict(zip(ways, row, strict=True)) for row in product(*ranges)]
    lifted = [
        cap for cap in caps if sum(cap.values()) == most + 1 and cap[service, way.source, way.target] > 0
    ]
    return [problem, *(_capped(problem, cap) for cap in lifted)]


def _capped(problem, caps):
    """The problem with no more units converted each way than its cap, and no limit on all together."""
    services = [
        replace(
            each,
            conversions=tuple(
                replace(own, max_units=_least(own.max_units, caps[each.id, own.source, own.target]))
                for own in each.conversions
            ),
        )
        for each in problem.services
    ]
    return replace(problem, services=tuple(services), limits=replace(problem.limits, conversions=None))


def _least(one, other):
    return other if one is None else min(one, other)


def _with_service(problem, service):
    services = tuple(service if each.id == service.id else each for each in problem.services)
    return replace(problem, services=services)


def _larger(service, pool):
    larger = replace(pool, units=pool.units + 1)
    return replace(service, pools=tuple(larger if each is pool else each for each in service.pools))


def _longer(service, way):
    longer = replace(way, max_units=None if way.max_units is None else way.max_units + 1)
    return replace(
        service, conversions=tuple(longer if each is way else each for each in service.conversions)
    )


def can_all_be_placed(problem, people):
    """Whether some plan has a place for each of these people, whoever else goes without."""
    banded = tuple(replace(each, band=1 if each.id in people else 2, score=0) for each in problem.people)
    best = exhaustive.best(replace(problem, people=banded))
    return best is not None and best.levels.bands[0][:2] == (1, len(people))


def unlocks(problem, plan, person):
    """Every single change under which ``person`` and all of the same or higher priority keep a place."""
    placed = {each.person for each in plan.placements}
    rank = {each.id: (each.band, -each.score) for each in problem.people}
    kept = {each for each in placed if rank[each] <= rank[person]} | {person}
    return {
        change
        for change, changed in changes(problem)
        if any(can_all_be_placed(each, kept) for each in changed)
    }


# ----------------------------------------------------------------------------------------- moving days


class MovingDays:
    """Carries out a plan's steps, one after the other, and notes whatever cannot be done.

    The units of a pool are what it had, less what is converted out of it so far, plus what is converted into
    it. A conversion is made as soon as the pool that gives has the unit to spare. People who must leave and
    have no new place are gone before the first step.
    """

    def __init__(self, problem, plan):
        self.problem, self.plan = problem, plan
        self.people = {person.id: person for person in problem.people}
        self.places = exhaustive.places(problem)
        self.pools = {(at.id, pool.id): pool for at in problem.services for pool in at.pools}
        self.units = {at: pool.units for at, pool in self.pools.items()}
        self.goals = {each.person: (each.service, each.pool) for each in plan.placements}
        self.pending = {
            ((service, source), (service, target)): units
            for (service, source, target), units in conversions_of(plan).items()
        }
        self.living = {
            person.id: self.home(person)
            for person in problem.people
            if person.current_service and (person.remains or person.id in self.goals)
        }
        self.movers = [who for who, at in self.goals.items() if self.living.get(who) != at]
        self.convert()

    def home(self, person):
        service = next(each for each in self.problem.services if each.id == person.current_service)
        return service.id, person.current_pool or service.pools[0].id

    def size(self, who, at):
        """Units that somebody holds at a place; of one they must leave, their own number."""
        known = {place.at: place.units for place in self.places[who]}
        return known.get(at, self.people[who].units)

    def free(self, at):
        held = sum(self.size(who, where) for who, where in self.living.items() if where == at)
        return self.units[at] - held

    def convert(self):
        """Make every conversion that can be made by now."""
        made = True
        while made:
            made = False
            for (source, target), units in self.pending.items():
                spare = min(units, self.free(source))
                if spare > 0:
                    self.units[source] -= spare
                    self.units[target] += spare
                    self.pending[source, target] -= spare
                    made = True

    def mixed(self, at):
        """Whether a pool of one gender at a time holds people who differ."""
        inside = [who for who, where in self.living.items() if where == at]
        genders = {self.people[who].gender or ("unknown", who) for who in inside}
        return self.pools[at].gender is Gender.SAME and len(genders) > 1

    def could_go(self, group):
        """Whether these people could move together now, units being converted as they become free."""
        before = dict(self.living), dict(self.units), dict(self.pending)
        self.move(group)
        entered = {self.goals[who] for who in group}
        sound = all(self.free(at) >= 0 and not self.mixed(at) for at in entered)
        self.living, self.units, self.pending = before
        return sound

    def move(self, group):
        self.living |= {who: self.goals[who] for who in group}
        self.convert()

    def carry_out(self):
        """Yield every fault in the order of moves."""
        named = Counter(who for step in self.plan.steps for who in step)
        if named != Counter(self.movers):
            yield f"moved are {sorted(self.movers)}, and the steps name {sorted(named.elements())}"
            return
        for step in self.plan.steps:
            if not self.could_go(step):
                yield f"{step} move before there is room"
            if len(step) > 1 and any(self.could_go([who]) for who in step):
                yield f"{step} are one step, though one of them could go first"
            self.move(step)
        if any(self.pending.values()):
            yield f"never converted: {self.pending}"


def worse(one, other):
    """Whether levels ``one`` are worse than ``other``."""
    return Levels(*other).better_than(Levels(*one))
