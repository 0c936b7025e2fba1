"""Why somebody has no place, and every single change that would give them one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from allocation.answer import Answer
from allocation.choices import Choices
from allocation.elastic import Elastic
from allocation.eligibility import unsuitable
from allocation.facts import Name, gender_groups
from allocation.plan import Reason, Unlock, Unplaced
from allocation.problem import Gender, Ints, Person
from allocation.residual import Residual, nests_fully
from allocation.rules import Programme
from allocation.structure import nest, ranks

LISTED: Final = 60
"""At most so many unlocks are listed for one person: where everybody competes for everything, almost any unit
anywhere would do, and thousands of lines help nobody. A list cut short says that it is not complete."""

NOT_LISTED: Final = "not_listed"
"""The rule that a service fails for whom the problem does not list it."""


def unplaced_people(programme: Programme, columns: Ints, answers: Sequence[Answer]) -> tuple[Unplaced, ...]:
    """Everybody without a place, in the order of their ids, each with reasons and unlocks.

    Unlocks are looked for in the order of priority, so that it is the last whose list may stay incomplete.
    """
    view = _View(programme, columns)
    changes = _Unlocks(answers)
    placed = np.zeros(len(programme.scene.problem.people), dtype=np.bool_)
    placed[programme.scene.facts.person] = True
    placed[programme.choices.person[np.flatnonzero(columns[: len(programme.choices)])]] = True
    left_out = np.flatnonzero(~placed)
    rank = ranks(programme.scene.problem)
    found = {at: changes.of(at) for at in left_out[np.argsort(rank[left_out], kind="stable")].tolist()}
    return tuple(
        Unplaced(
            person=programme.scene.problem.people[at].id,
            reasons=view.reasons(at),
            unlocks=view.nearest(at, found[at][0]),
            unlocks_complete=found[at][1] and len(found[at][0]) <= LISTED and not view.may_be_freed(at),
        )
        for at in left_out.tolist()
    )


class _Unlocks:
    """Finds unlocks part by part: by one residual search where the part nests, else by a few searches."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = answers
        self._part = {
            person: at
            for at, answer in enumerate(answers)
            for person in answer.programme.choices.people.tolist()
        }
        self._known: dict[int, Residual | Elastic] = {}

    def of(self, person: int) -> tuple[tuple[Unlock, ...], bool]:
        """The unlocks of one person, and whether they are all; nobody without a choice can be unlocked."""
        part = self._part.get(person)
        if part is None:
            return (), True
        if part not in self._known:
            self._known[part] = self._finder(part)
        finder = self._known[part]
        return (finder.unlocks(person), True) if isinstance(finder, Residual) else finder.unlocks(person)

    def _finder(self, part: int) -> Residual | Elastic:
        answer = self._answers[part]
        nested = nest(answer.programme)
        if answer.method == "network" and nests_fully(answer.programme, nested):
            return Residual(answer=answer, nested=nested)
        return Elastic(answer)


@dataclass(frozen=True, slots=True)
class _Held:
    """Who holds a pool at the end: units of newcomers, the latest rank among them, and units in all."""

    new: int
    latest: int
    all: int


class _View:
    """Sentences about one plan."""

    def __init__(self, programme: Programme, columns: Ints) -> None:
        self._programme, self._scene = programme, programme.scene
        self._problem = programme.scene.problem
        self._taken = programme.choices.only(np.flatnonzero(columns[: len(programme.choices)]))
        first = len(programme.choices)
        self._converted = columns[first : first + len(programme.conversions)]
        self._left = programme.limit - programme.used(columns)
        self._by_column = programme.matrix.tocsc()
        self._first = np.searchsorted(programme.choices.person, np.arange(len(self._problem.people) + 1))
        self._first_in_scene = np.searchsorted(
            self._scene.choices.person, np.arange(len(self._problem.people) + 1)
        )
        self._first_option = np.searchsorted(
            self._scene.options.person, np.arange(len(self._problem.people) + 1)
        )
        self._rank = ranks(self._problem)
        self._quotas = {quota.id: quota for quota in self._problem.quotas}

    def may_be_freed(self, person: int) -> bool:
        """Whether an over-full pool or quota bars the person: what one more unit would do is not tried."""
        barred = self._programme.barred_by[self._first_in_scene[person] : self._first_in_scene[person + 1]]
        kinds = {self._programme.bars[bar][0] for bar in barred[barred >= 0].tolist()}
        return not kinds.isdisjoint({"pool", "quota"})

    def nearest(self, at: int, unlocks: Sequence[Unlock]) -> tuple[Unlock, ...]:
        """The first `LISTED` unlocks, those at services that the person could go to before all others."""
        if len(unlocks) <= LISTED:
            return tuple(unlocks)
        rows = slice(int(self._first[at]), int(self._first[at + 1]))
        own = {self._problem.services[each].id for each in self._programme.choices.service[rows].tolist()}
        return tuple(sorted(unlocks, key=lambda unlock: not self._concerns(unlock, own))[:LISTED])

    def _concerns(self, unlock: Unlock, services: set[str]) -> bool:
        if unlock.quota is None:
            return unlock.service in services
        covered = self._quotas[unlock.quota].services
        return covered is None or not covered.isdisjoint(services)

    def reasons(self, at: int) -> tuple[Reason, ...]:
        """Each reason once: what stands between the person and every place, nearest first."""
        person = self._problem.people[at]
        found = [*self._barred(at), *self._blocked(at), *self._unsuitable(at, person)]
        if not self._problem.services:
            found.append(Reason(code="unsuitable", rule=NOT_LISTED, text="There is no service at all."))
        return tuple(dict.fromkeys(found))

    def _barred(self, at: int) -> Iterator[Reason]:
        first, end = self._first_in_scene[at], self._first_in_scene[at + 1]
        for row in range(first, end):
            bar = int(self._programme.barred_by[row])
            if bar >= 0:
                yield self._because(self._programme.bars[bar], self._scene.choices, row, at)

    def _blocked(self, at: int) -> Iterator[Reason]:
        choices = self._programme.choices
        for row in range(self._first[at], self._first[at + 1]):
            start, end = self._by_column.indptr[row], self._by_column.indptr[row + 1]
            rules, needs = self._by_column.indices[start:end], self._by_column.data[start:end]
            for rule in sorted(rules[needs > self._left[rules]].tolist()):
                name = self._programme.names[rule]
                if name[0] != "same" or self._shared_by_others(int(choices.pool[row]), at):
                    yield self._because(name, choices, row, at)

    def _shared_by_others(self, pool: int, at: int) -> bool:
        """Whether somebody of another gender group than the person's has a place in the pool."""
        return bool(self._groups_at.get(pool, set()) - {int(self._groups[at])})

    @cached_property
    def _groups(self) -> Ints:
        return gender_groups(self._problem)

    @cached_property
    def _groups_at(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for held in (self._scene.facts, self._taken):
            for pool, person in zip(held.pool.tolist(), held.person.tolist(), strict=True):
                found.setdefault(pool, set()).add(int(self._groups[person]))
        return found

    def _unsuitable(self, at: int, person: Person) -> Iterator[Reason]:
        """What rules out each service that is no choice; those a list leaves out are one reason together."""
        offered = slice(self._first_in_scene[at], self._first_in_scene[at + 1])
        open_to = set(self._scene.choices.service[offered].tolist())
        listed = set(
            self._scene.options.service[self._first_option[at] : self._first_option[at + 1]].tolist()
        )
        derived = self._problem.options is None
        for number in range(len(self._problem.services)) if derived else sorted(listed):
            if number not in open_to:
                service = self._problem.services[number]
                for failed in unsuitable(self._problem, person, service):
                    yield Reason(
                        code="unsuitable", service=service.id, rule=failed.code, text=failed.sentence
                    )
        others = len(self._problem.services) - len(listed)
        if others and not derived:
            text = f"{_count(others, 'other service')} not listed as suitable for this person."
            yield Reason(code="unsuitable", rule=NOT_LISTED, text=text)

    # One sentence for each kind of rule --------------------------------------------------------------

    def _because(self, name: Name, choices: Choices, row: int, at: int) -> Reason:
        service = self._problem.services[int(choices.service[row])].id
        match name[0]:
            case "pool":
                return self._full(service, int(choices.pool[row]), int(choices.units[row]), at)
            case "quota":
                most = self._quotas[name[1]].max_units
                text = self._quota(name[1], name, int(choices.units[row]), most or 0)
                return Reason(code="quota", quota=name[1], text=text)
            case "apart":
                text = f"Somebody this person must be kept apart from is at {service}."
                return Reason(code="separation", service=service, text=text)
            case "moves":
                text = f"No more than {self._problem.limits.moves} people may be moved."
                return Reason(code="limit", rule="moves", text=text)
            case "same" | "one" if self._scene.pools.units[int(choices.pool[row])] == 0:
                return self._full(service, int(choices.pool[row]), int(choices.units[row]), at)
            case _:
                text = f"{service} is shared by people of one gender at a time, and it is not this person's."
                return Reason(code="same_gender", service=service, text=text)

    def _full(self, service: str, pool: int, needed: int, at: int) -> Reason:
        held, kind = self._holders[pool], _designation(self._scene.pools.genders[pool])
        units = int(self._scene.pools.units[pool]) + self._gained[pool]
        if units == 0 and held.all == 0:
            text = f"{service} has no {kind}units open{self._to_whom(service, pool)}."
        elif 0 < units - held.all < needed:
            text = f"{service} has {units - held.all} of the {needed} {kind}units that this household needs."
        elif held.new == 0:
            text = f"{service}'s {kind}units ({units}) are held by people who live there."
            if units == 1:
                text = f"{service}'s one {kind}unit is held by somebody who lives there."
        else:
            who = "people of the same or higher priority" if held.latest <= self._rank[at] else "other people"
            what = (
                f"All {units} {kind}units at {service} go"
                if units > 1
                else f"{service}'s one {kind}unit goes"
            )
            text = f"{what} to {who}."
            return Reason(code="outranked", service=service, text=text)
        return Reason(code="capacity", service=service, text=text)

    def _to_whom(self, service: str, pool: int) -> str:
        """Where others of the service's units are for one gender, these are for anybody."""
        pools = self._problem.services[self._problem.service_at[service]].pools
        return " to anybody" if len(pools) > 1 and self._scene.pools.genders[pool] is Gender.ANY else ""

    def _quota(self, quota: str, name: Name, needed: int, most: int) -> str:
        left = most if name not in self._row else int(self._left[self._row[name]])
        if most == 0:
            return f"Quota {quota} is 0."
        if 0 < left < needed:
            return f"Quota {quota} has {left} of the {needed} units that this household needs."
        return f"All {most} units of quota {quota} are used."

    @cached_property
    def _row(self) -> dict[Name, int]:
        return {name: row for row, name in enumerate(self._programme.names)}

    @cached_property
    def _gained(self) -> list[int]:
        """Per pool, units converted into it less units converted out of it."""
        convs, gained = self._programme.conversions, np.zeros(len(self._scene.pools.units), dtype=np.int64)
        np.add.at(gained, convs.target, self._converted)
        np.subtract.at(gained, convs.source, self._converted)
        return [int(units) for units in gained]

    @cached_property
    def _holders(self) -> dict[int, _Held]:
        count = len(self._scene.pools.units)
        all_units, new_units, latest = (np.zeros(count, dtype=np.int64) for _ in range(3))
        for held in (self._scene.facts, self._taken):
            np.add.at(all_units, held.pool, held.units)
        new = self._taken.only(~self._taken.stays)
        np.add.at(new_units, new.pool, new.units)
        np.maximum.at(latest, new.pool, self._rank[new.person])
        return {
            pool: _Held(new=int(new_units[pool]), latest=int(latest[pool]), all=int(all_units[pool]))
            for pool in range(count)
        }


def _designation(gender: Gender) -> str:
    words = {Gender.MALE: "male ", Gender.FEMALE: "female ", Gender.SAME: "shared ", Gender.ANY: ""}
    return words[gender]


def _count(number: int, what: str) -> str:
    return f"1 {what} is" if number == 1 else f"{number} {what}s are"
