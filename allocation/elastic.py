"""What would place somebody, where the rules do not nest: a few searches with one limit lifted by one.

For each group of people who are alike, one model asks for any one change (a unit more in a pool or a quota,
one more unit converted) under which everybody of the same or an earlier rank who has a place keeps one and
one more of the group gets one. A change that is found is set aside and the question asked again, until
there is none left or the searches allowed are used up.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy import optimize, sparse

from allocation.answer import Answer
from allocation.choices import Bools
from allocation.linear import INFEASIBLE
from allocation.model import Model
from allocation.plan import Unlock
from allocation.residual import converted, lifted, pool_keys
from allocation.rules import Programme
from allocation.structure import classes

WORK: Final = 300_000
"""Matrix entries times searches that may be spent on one part: a second or two, the same on any machine."""

WORTHWHILE: Final = 5
"""Fewer searches than this would say nothing of most people: then only what simply fits is looked for."""

SECONDS: Final = 5.0
"""No single search may take longer; what it could not settle is said to be incomplete."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Changes:
    """Single changes; ``effect`` (rules x changes) is what each takes of a rule's limit."""

    unlocks: tuple[Unlock, ...]
    effect: sparse.csc_array

    @staticmethod
    def of(programme: Programme) -> "_Changes":
        row = {name: at for at, name in enumerate(programme.names)}
        unlocks: list[Unlock] = []
        entries: list[tuple[int, int, int]] = []
        for at, name in enumerate(programme.names):
            if name[0] in ("pool", "quota"):
                entries.append((at, len(unlocks), -1))
                if ("out", *name[1:]) in row:  # a unit more than it had is also one more to give
                    entries.append((row["out", *name[1:]], len(unlocks), -1))
                unlocks.append(lifted(name))
        for at in range(len(programme.conversions)):
            change = converted(programme, at)
            source, target = pool_keys(programme, at)
            for name, taken in ((("pool", *source), 1), (("pool", *target), -1), (("out", *source), 1)):
                entries.append((row[name], len(unlocks), taken))
            unlocks.append(change)
        rows, columns, data = (np.array(part, dtype=np.int64) for part in zip(*entries, strict=True))
        shape = (len(programme.names), len(unlocks))
        return _Changes(unlocks=tuple(unlocks), effect=sparse.csc_array((data, (rows, columns)), shape=shape))

    @cached_property
    def lifting(self) -> Mapping[int, list[int]]:
        """Per rule, the changes that leave more of its limit."""
        entries, found = self.effect.tocoo(), defaultdict[int, list[int]](list)
        for rule, change, taken in zip(
            entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True
        ):
            if taken < 0:
                found[rule].append(change)
        return found

    @cached_property
    def taken(self) -> list[dict[int, int]]:
        """Per change, what it takes of each rule's limit."""
        found: list[dict[int, int]] = [{} for _ in self.unlocks]
        entries = self.effect.tocoo()
        for rule, change, taken in zip(
            entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True
        ):
            found[change][rule] = taken
        return found


class Elastic:
    """The searches that can be made over one answer."""

    def __init__(self, answer: Answer) -> None:
        programme = answer.programme
        self.model = Model(programme=programme, people=classes(programme))
        people = self.model.people
        self._changes = _Changes.of(programme)
        searches = WORK // max(1, self.model.rules.nnz + self.model.balance.nnz)
        self._searches = searches if searches >= WORTHWHILE else 0
        self._left = (programme.limit - programme.used(answer.columns)).tolist()
        self._columns = programme.matrix.tocsc()
        group = np.repeat(np.arange(len(people.group_size)), people.group_size)
        self._group_of = dict(zip(people.people.tolist(), group.tolist(), strict=True))
        placed = np.isin(people.people, programme.choices.person[answer.chosen])
        self._placed = np.bincount(group[placed], minlength=len(people.group_size))
        self._known: dict[int, tuple[tuple[Unlock, ...], bool]] = {}

    def unlocks(self, person: int) -> tuple[tuple[Unlock, ...], bool]:
        """The changes that would place ``person``, and whether these are all."""
        group = self._group_of[person]
        if group not in self._known:
            self._known[group] = self._ask(group)
        return self._known[group]

    def _ask(self, group: int) -> tuple[tuple[Unlock, ...], bool]:
        found = np.zeros(len(self._changes.unlocks), dtype=np.bool_)
        found[self._direct(group)] = True
        complete = False
        while not complete and self._searches > 0:
            self._searches -= 1
            more = self._search(group, ~found)
            if more is None:
                break
            complete = more < 0
            found[more if more >= 0 else []] = True
        return tuple(self._changes.unlocks[at] for at in np.flatnonzero(found).tolist()), complete

    def _direct(self, group: int) -> list[int]:
        """Changes after which one more of the group simply fits, everybody else staying where they are."""
        people = self.model.people
        rows = people.rows[people.row_class == people.group_class[group]]
        found: set[int] = set()
        for row in rows.tolist():
            needed = self._needs(row)
            short = [rule for rule, units in needed.items() if units > self._left[rule]]
            if short:
                found |= {at for at in self._changes.lifting[short[0]] if self._fits(needed, at)}
        return sorted(found)

    def _needs(self, row: int) -> dict[int, int]:
        """What a choice takes of each rule's limit."""
        start, end = self._columns.indptr[row], self._columns.indptr[row + 1]
        rules, units = self._columns.indices[start:end], self._columns.data[start:end]
        return dict(zip(rules.tolist(), units.tolist(), strict=True))

    def _fits(self, needed: Mapping[int, int], change: int) -> bool:
        together = Counter(needed)
        together.update(self._changes.taken[change])
        return all(units <= self._left[rule] for rule, units in together.items() if units > 0)

    def _search(self, group: int, still: Bools) -> int | None:
        """A change of ``still`` that places one more of ``group``; -1: none does; ``None``: not settled."""
        model, changes = self.model, self._changes
        none = sparse.csr_array((len(model.people), len(changes.unlocks)), dtype=np.int64)
        once = sparse.csr_array(np.repeat([0, 1], [model.width, len(changes.unlocks)]).reshape(1, -1))
        least, most = model.open_bounds
        keeps = model.people.group_rank <= model.people.group_rank[group]
        least = least.copy()
        least[model.edges[1] :][keeps] = self._placed[keeps]
        least[model.edges[1] + group] += 1
        found = optimize.milp(
            np.zeros(model.width + len(changes.unlocks)),
            integrality=np.ones(model.width + len(changes.unlocks), dtype=np.int64),
            bounds=optimize.Bounds(
                np.concatenate([least, np.zeros(len(still))]),
                np.concatenate([most, still.astype(np.float64)]),
            ),
            constraints=[
                optimize.LinearConstraint(
                    sparse.hstack([model.rules, changes.effect], format="csr"), ub=model.programme.limit
                ),
                optimize.LinearConstraint(sparse.hstack([model.balance, none], format="csr"), lb=0, ub=0),
                optimize.LinearConstraint(once, lb=1, ub=1),
            ],
            options={"time_limit": SECONDS},
        )
        if found.status == INFEASIBLE:
            return -1
        return None if found.x is None else int(np.argmax(found.x[model.width :]))
