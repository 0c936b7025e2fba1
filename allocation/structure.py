"""The shape of a programme: its independent parts, who is interchangeable, and which of its rules nest."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from allocation.choices import Bools
from allocation.problem import Ints, Problem
from allocation.rules import Programme

NOBODY: Final = -1

Keys: TypeAlias = NDArray[np.uint64]

_NO_KEYS: Final = np.empty(0, dtype=np.uint64)


def ranks(problem: Problem) -> Ints:
    """Per person, their priority as a dense rank from 0 (first): by band, then by score, higher first."""
    keys = np.array([(person.band, -person.score) for person in problem.people], dtype=np.int64)
    return np.unique(keys.reshape(-1, 2), axis=0, return_inverse=True)[1].reshape(-1)


def parts(programme: Programme) -> list[Programme]:
    """Split into components that share no person and no rule, in the order of their first column.

    A level of a plan is a sum over people, so the best plan of the whole is the best plan of each part.
    """
    if programme.width == 0:
        return []
    owner = np.concatenate([programme.choices.person, _own_nodes(programme)])
    rules = len(programme.names)
    entries = programme.matrix.tocoo()
    nodes = rules + len(programme.scene.problem.people) + programme.width
    ends = (owner[entries.col] + rules, entries.row)
    graph = sparse.coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(nodes, nodes))
    label = csgraph.connected_components(graph, directed=False)[1]
    of_column, of_rule = label[owner + rules], label[:rules]
    first_seen = dict.fromkeys(of_column.tolist())
    if len(first_seen) == 1:
        return [programme]
    return [
        programme.only(np.flatnonzero(of_column == each), np.flatnonzero(of_rule == each))
        for each in first_seen
    ]


def _own_nodes(programme: Programme) -> Ints:
    """Conversions and sharing columns are nodes of their own, numbered after all people."""
    return np.arange(programme.width - len(programme.choices)) + len(programme.scene.problem.people)


@dataclass(frozen=True, kw_only=True, eq=False)
class Classes:
    """People whose choices are the same, one class; classes in the order of their first member's id.

    first, size
        Per class: its first choice row in the programme's choices (the first member's), and how many choices.
    people, start
        Members class by class, in the order of rank then id; class ``c`` is ``people[start[c]:start[c+1]]``.
    group_class, group_rank, group_size
        Members of one class and one rank form a group; groups in the order of ``people``.
    forced
        Per class, whether its members must have a place.
    """

    first: Ints
    size: Ints
    people: Ints
    start: Ints
    group_class: Ints
    group_rank: Ints
    group_size: Ints
    forced: Bools

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def rows(self) -> Ints:
        """The choice rows that stand for their class: each first member's, class by class."""
        offset = np.arange(int(self.size.sum())) - np.repeat(np.cumsum(self.size) - self.size, self.size)
        return np.repeat(self.first, self.size) + offset

    @cached_property
    def row_class(self) -> Ints:
        """The class of each of ``rows``."""
        return np.repeat(np.arange(len(self)), self.size)


def classes(programme: Programme) -> Classes:
    """Group the people of ``programme`` who are interchangeable: same places, costs, units and rules.

    Columns are compared by 64-bit sums of pseudo-random numbers. Should two different people ever collide,
    the plan would fail its own check; it could not be wrong unnoticed.
    """
    people = programme.choices.people
    first = np.searchsorted(programme.choices.person, people)
    size = np.diff(np.append(first, len(programme.choices)))
    key = np.add.reduceat(_scrambled(_column_keys(programme)), first) if len(people) else _NO_KEYS
    key = _scrambled(key + size.astype(np.uint64)) + programme.forced[people]
    _, leader, label = np.unique(key, return_index=True, return_inverse=True)
    number = np.argsort(np.argsort(leader))[label]
    rank = ranks(programme.scene.problem)[people]
    order = np.lexsort((people, rank, number))
    groups, sizes = np.unique(np.stack([number, rank]), axis=1, return_counts=True)
    leaders = np.sort(leader)
    return Classes(
        first=first[leaders],
        size=size[leaders],
        people=people[order],
        start=np.searchsorted(number[order], np.arange(len(leaders) + 1)),
        group_class=groups[0],
        group_rank=groups[1],
        group_size=sizes,
        forced=programme.forced[people[leaders]],
    )


def _column_keys(programme: Programme) -> Keys:
    """One 64-bit key for all that a choice column holds."""
    choices = programme.choices
    draw = np.random.default_rng(20261122).integers(1, 2**63, size=len(programme.names) + 4, dtype=np.uint64)
    draw |= np.uint64(1)
    entries = programme.matrix[:, : len(choices)].T.astype(np.uint64)
    key = np.asarray(entries @ draw[4:], dtype=np.uint64)
    for number, column in enumerate((choices.pool, choices.cost, choices.units, choices.stays)):
        key = key + _scrambled((column.astype(np.uint64) + np.uint64(number + 1)) * draw[number])
    return key


def _scrambled(key: Keys) -> Keys:
    """Mix the bits of each key, so that sums tell sets apart (SplitMix64's finaliser; Steele et al. 2014)."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nest:
    """The part of a programme that is a network: rules that nest, every case counted as one unit.

    relaxation
        The same columns under those rules alone: pools and quotas first, then what may be converted out of
        each pool. Whoever is best under fewer rules and breaks none of the others is best under all.
    parent
        Per pool and quota of the relaxation, the row of the smallest one that holds it; -1: none.
    leaf
        Per choice, the row of the smallest one that counts it; -1: none.
    """

    relaxation: Programme
    parent: Ints
    leaf: Ints


def nest(programme: Programme) -> Nest:
    """Find rules that nest: pools first, then every quota that crosses nothing kept before it, by id.

    Two rules cross if some choice is counted by both and each also counts one the other does not.
    """
    sets = _ones(programme.matrix[:, : len(programme.choices)])
    overlap = sparse.csr_array(sets @ sets.T).tocoo()
    size = np.diff(sets.indptr).astype(np.int64)
    kept = _kept(programme, overlap, size)
    position = np.full(len(size), NOBODY, dtype=np.int64)
    position[kept] = np.arange(len(kept))
    order = np.lexsort((-kept, size[kept]))  # smallest first; of equal sets the later rule is the inner one
    depth = np.empty(len(kept), dtype=np.int64)
    depth[order] = np.arange(len(kept))
    inner, outer = position[overlap.row], position[overlap.col]
    holds = (inner >= 0) & (outer >= 0)
    holds[holds] = depth[outer[holds]] > depth[inner[holds]]
    entries = sets[kept].tocoo()
    return Nest(
        relaxation=_relaxation(programme, kept),
        parent=_least(inner[holds], outer[holds], depth, len(kept)),
        leaf=_least(
            entries.col.astype(np.int64), entries.row.astype(np.int64), depth, len(programme.choices)
        ),
    )


def _relaxation(programme: Programme, kept: Ints) -> Programme:
    out = [row for row, name in enumerate(programme.names) if name[0] == "out"]
    rows = np.concatenate([kept, np.array(out, dtype=np.int64)])
    matrix = programme.matrix[rows]
    units = _ones(matrix[:, : len(programme.choices)])
    return replace(
        programme,
        names=tuple(programme.names[row] for row in rows.tolist()),
        matrix=sparse.csr_array(sparse.hstack([units, matrix[:, len(programme.choices) :]], format="csr")),
        limit=programme.limit[rows],
    )


def _ones(matrix: sparse.csr_array) -> sparse.csr_array:
    """The same pattern, every entry 1."""
    data = np.ones(matrix.nnz, dtype=np.int64)
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _kept(programme: Programme, overlap: sparse.coo_array, size: Ints) -> Ints:
    smaller = np.minimum(size[overlap.row], size[overlap.col])
    cross = overlap.data < smaller
    crossed: dict[int, list[int]] = {}
    for one, other in zip(overlap.row[cross].tolist(), overlap.col[cross].tolist(), strict=True):
        crossed.setdefault(one, []).append(other)
    kept = {at for at, name in enumerate(programme.names) if name[0] == "pool"}
    for at, name in enumerate(programme.names):
        if name[0] == "quota" and kept.isdisjoint(crossed.get(at, ())):
            kept.add(at)
    return np.array(sorted(kept), dtype=np.int64)


def _least(key: Ints, value: Ints, depth: Ints, length: int) -> Ints:
    """Per key, the value of least depth; -1 where there is none."""
    best = np.full(length, len(depth), dtype=np.int64)
    np.minimum.at(best, key, depth[value])
    by_depth = np.append(np.argsort(depth), NOBODY)
    return by_depth[best]


def pool_rows(relaxation: Programme) -> Ints:
    """Per pool number, the row of its rule; -1 where it has none."""
    pools, service_at = relaxation.scene.pools, relaxation.scene.problem.service_at
    rows = np.full(len(pools.units), NOBODY, dtype=np.int64)
    for row, name in enumerate(relaxation.names):
        if name[0] == "pool":
            rows[pools.number(service_at[name[1]], name[2])] = row
    return rows
