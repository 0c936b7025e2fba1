"""What would place somebody, where the rules nest: one search of the residual network answers for everybody.

Nodes are the rules. From a rule one can go to the rule that holds it, if it has room; back down to a rule
that it holds, if somebody is there who could make way; and from the smallest rule of one place to that of
another, if somebody placed at the first could be placed at the second instead. A way that ends where there
is room, or at somebody of later rank, gives a place without taking one from anybody of the same or an
earlier rank. A change unlocks a place if the way leads through the very limit that it lifts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Final

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from allocation.answer import Answer
from allocation.choices import Bools
from allocation.facts import Name
from allocation.plan import Unlock
from allocation.problem import Ints
from allocation.rules import Programme
from allocation.structure import NOBODY, Nest, ranks

ROOM: Final = 2**62
"""Stands for a rank later than anybody's: the way ends at a unit that nobody has."""


def nests_fully(programme: Programme, nested: Nest) -> bool:
    """Whether the network is the whole programme: no rule left out, every case one unit."""
    units = programme.choices.units
    return len(nested.relaxation.names) == len(programme.names) and bool((units == 1).all())


@dataclass(frozen=True, kw_only=True, eq=False)
class Residual:
    """The residual network of an answer on the rules of a fully nested programme."""

    answer: Answer
    nested: Nest
    _known: dict[tuple[frozenset[int], int], tuple[Unlock, ...]] = field(default_factory=dict)

    @property
    def programme(self) -> Programme:
        """The relaxation: the same programme, its rules in the nest's order."""
        return self.nested.relaxation

    @cached_property
    def _full(self) -> Bools:
        return self.programme.used(self.answer.columns) >= self.programme.limit

    @cached_property
    def _rank(self) -> Ints:
        return ranks(self.programme.scene.problem)

    @cached_property
    def _held(self) -> Ints:
        """Per choice taken by somebody, its row."""
        return self.answer.chosen

    @cached_property
    def _ends(self) -> Ints:
        """Per node, the latest rank that can make way there: `ROOM` where it opens to the outside."""
        count = len(self.nested.parent)
        ends = np.full(count, NOBODY, dtype=np.int64)
        person, leaf = self.programme.choices.person[self._held], self.nested.leaf[self._held]
        free = (leaf != NOBODY) & ~self.programme.forced[person]
        np.maximum.at(ends, leaf[free], self._rank[person[free]])
        outside = (self.nested.parent == NOBODY) & ~self._full[:count]
        ends[outside] = ROOM
        swaps = self._swaps_to_outside()
        ends[swaps] = ROOM
        return ends

    def _swaps_to_outside(self) -> Ints:
        """Nodes where somebody is placed who has a choice that no rule counts."""
        choices, leaf = self.programme.choices, self.nested.leaf
        unbound = np.unique(choices.person[leaf == NOBODY])
        held = self._held[np.isin(choices.person[self._held], unbound)]
        return np.unique(leaf[held][leaf[held] != NOBODY])

    def _arcs(self) -> tuple[Ints, Ints]:
        count, parent = len(self.nested.parent), self.nested.parent
        nodes = np.arange(count)
        up = nodes[(parent != NOBODY) & ~self._full[:count]]
        used = self.programme.used(self.answer.columns)[:count] > 0
        down = nodes[(parent != NOBODY) & used]
        swap_tail, swap_head = self._swaps()
        conv_tail, conv_head = self._conversion_arcs()
        tail = np.concatenate([up, parent[down], swap_tail, conv_tail])
        head = np.concatenate([parent[up], down, swap_head, conv_head])
        return tail, head

    def _swaps(self) -> tuple[Ints, Ints]:
        """From the rule of a place somebody has to the rule of each place they could have."""
        choices, leaf, count = self.programme.choices, self.nested.leaf, len(self.nested.parent)
        people = len(self.programme.scene.problem.people)
        has, could = self._held[leaf[self._held] != NOBODY], np.flatnonzero(leaf != NOBODY)
        at = sparse.csr_array(
            (np.ones(len(has), dtype=np.int32), (leaf[has], choices.person[has])), shape=(count, people)
        )
        to = sparse.csr_array(
            (np.ones(len(could), dtype=np.int32), (choices.person[could], leaf[could])),
            shape=(people, count),
        )
        pairs = sparse.csr_array(at @ to).tocoo()
        return pairs.row.astype(np.int64), pairs.col.astype(np.int64)

    @cached_property
    def conversions(self) -> list[tuple[int, int, bool, bool]]:
        """Per conversion: rows of source and target, whether one more is declared, whether one is made."""
        programme, convs = self.programme, self.programme.conversions
        made = self.answer.columns[len(programme.choices) :]
        row = {name: at for at, name in enumerate(programme.names)}
        found = []
        for at in range(len(convs)):
            source, target = pool_keys(programme, at)
            spare = not self._full[row["out", *source]]
            declared = spare and bool(made[at] < convs.most[at])
            found.append((row["pool", *source], row["pool", *target], declared, bool(made[at] > 0)))
        return found

    def can_give(self, at: int) -> bool:
        """Whether the source pool of conversion ``at`` has units left that were its own at the start."""
        source, _ = pool_keys(self.programme, at)
        return not self._full[self.programme.names.index(("out", *source))]

    def _conversion_arcs(self) -> tuple[Ints, Ints]:
        ahead = [(target, source) for source, target, declared, _ in self.conversions if declared]
        back = [(source, target) for source, target, _, made in self.conversions if made]
        arcs = np.array(ahead + back, dtype=np.int64).reshape(-1, 2)
        return arcs[:, 0], arcs[:, 1]

    @cached_property
    def _reach(self) -> tuple[list[int], Ints]:
        """Per node: the nodes it leads to, as the bits of a whole number; and the best end among them."""
        count = len(self.nested.parent)
        tail, head = self._arcs()
        graph = sparse.csr_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(count, count))
        label = csgraph.connected_components(graph, connection="strong")[1].astype(np.int64)
        bits = [0] * (int(label.max(initial=-1)) + 1)
        ends: dict[int, int] = {}
        for node, group in enumerate(label.tolist()):
            bits[group] |= 1 << node
            ends[group] = max(ends.get(group, NOBODY), int(self._ends[node]))
        beyond = _beyond(label, tail, head)
        for group in TopologicalSorter(beyond).static_order():  # what a group leads to comes before it
            for other in beyond[group]:
                bits[group] |= bits[other]
                ends[group] = max(ends[group], ends[other])
        of_node = label.tolist()
        best = np.array([ends[each] for each in of_node], dtype=np.int64)
        return [bits[each] for each in of_node], best

    @cached_property
    def _lifted(self) -> list[Unlock]:
        return [lifted(name) for name in self.programme.names[: len(self.nested.parent)]]

    @cached_property
    def _opens(self) -> Ints:
        """Per node, the latest rank that can make way beyond its limit; -1 where the limit is not met."""
        count, parent = len(self.nested.parent), self.nested.parent
        _, ends = self._reach
        beyond = np.where(parent == NOBODY, ROOM, ends[parent] if count else parent)
        return np.where(self._full[:count], beyond, NOBODY)

    def unlocks(self, person: int) -> tuple[Unlock, ...]:
        """Every single change that would place ``person``, who has no place."""
        leaves = frozenset(self.nested.leaf[_rows_of(self.programme, person)].tolist())
        key = (leaves, int(self._rank[person]))
        if key not in self._known:
            self._known[key] = self._found(*key)
        return self._known[key]

    def _found(self, leaves: frozenset[int], rank: int) -> tuple[Unlock, ...]:
        reach, ends = self._reach
        met = 0
        for leaf in leaves:
            met |= reach[leaf]
        opening = np.flatnonzero(_bits(met, len(reach)) & (self._opens > rank))
        found = [self._lifted[node] for node in opening.tolist()]
        for at, (source, target, declared, _) in enumerate(self.conversions):
            if met >> target & 1 and ends[source] > rank and not declared and self.can_give(at):
                found.append(converted(self.programme, at))
        given_out = {source for source in self._sources_short(met) if self._reaches(source, rank)}
        found += [self._lifted[source] for source in sorted(given_out) if self._lifted[source] not in found]
        return tuple(found)

    def _sources_short(self, met: int) -> Iterator[int]:
        """Pools that have given away all they had to a pool that is met, and could be asked for one more."""
        made = self.answer.columns[len(self.programme.choices) :]
        for at, (source, target, _, _) in enumerate(self.conversions):
            asked = met >> target & 1 and made[at] < self.programme.conversions.most[at]
            if asked and not self.can_give(at):
                yield source

    def _reaches(self, source: int, rank: int) -> bool:
        """Whether one unit more at ``source`` would help somebody of ``rank`` who gets there."""
        _, ends = self._reach
        return bool(ends[source] > rank or self._opens[source] > rank)


def _rows_of(programme: Programme, person: int) -> slice:
    first, end = np.searchsorted(programme.choices.person, [person, person + 1]).tolist()
    return slice(first, end)


def _bits(number: int, count: int) -> Bools:
    """The lowest ``count`` bits of a whole number, lowest first."""
    packed = np.frombuffer(number.to_bytes(count // 8 + 1, "little"), dtype=np.uint8)
    return np.unpackbits(packed, count=count, bitorder="little").astype(np.bool_)


def lifted(name: Name) -> Unlock:
    """One more unit of the pool or quota ``name``."""
    if name[0] == "pool":
        return Unlock(kind="pool", service=name[1], pool=name[2])
    return Unlock(kind="quota", quota=name[1])


def converted(programme: Programme, at: int) -> Unlock:
    """One more unit of conversion ``at``."""
    (service, source), (_, target) = pool_keys(programme, at)
    return Unlock(kind="conversion", service=service, source=source, target=target)


def pool_keys(programme: Programme, at: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Service and pool ids of the source and the target of conversion ``at``."""
    convs = programme.conversions
    return _pool_key(programme, int(convs.source[at])), _pool_key(programme, int(convs.target[at]))


def _pool_key(programme: Programme, pool: int) -> tuple[str, str]:
    pools = programme.scene.pools
    return programme.scene.problem.services[int(pools.service[pool])].id, pools.names[pool]


def _beyond(label: Ints, tail: Ints, head: Ints) -> dict[int, list[int]]:
    """Per strongly connected group of nodes, the other groups that its arcs lead to."""
    pairs = np.unique(np.stack([label[tail], label[head]], axis=1), axis=0)
    beyond: dict[int, list[int]] = {int(group): [] for group in np.unique(label)}
    for group, other in pairs[pairs[:, 0] != pairs[:, 1]].tolist():
        beyond[group].append(other)
    return beyond
