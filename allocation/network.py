"""Exact solution as one minimum-cost flow, where the rules nest and every case takes one unit.

People of one class flow from their class through the smallest rule that counts each choice, from rule to
the rule that holds it, to the sink; who stays unplaced flows there directly, at the price of their rank.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.graph.python import min_cost_flow

from allocation.answer import Answer, Proof
from allocation.levels import Level, bound, levels_of, priority
from allocation.problem import Ints
from allocation.rules import Programme
from allocation.seating import seat
from allocation.structure import NOBODY, Classes, Nest, pool_rows

LARGEST_ARC: Final = 2**60
"""The solver multiplies costs by the number of nodes and adds them up on paths: that must fit in 63 bits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Arcs:
    """Arcs as columns: from ``tail`` to ``head``, at most ``most`` units of flow at ``cost`` each."""

    tail: Ints
    head: Ints
    most: Ints
    cost: Ints

    @staticmethod
    def joined(*parts: "_Arcs") -> "_Arcs":
        names = ("tail", "head", "most", "cost")
        return _Arcs(**{name: np.concatenate([getattr(each, name) for each in parts]) for name in names})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Network:
    """Nodes: classes, then rules that nest, then each pool that gives units away, then the sink.

    Arcs, ``sizes`` of each kind: class to its choices' rules (one per class row), class to sink (one per
    group), rule to the rule that holds it, converted unit into the pool that gave it, conversion.
    ``priced``: the rule (of ``rules`` in all) that limits each arc of the third and fourth kind.
    """

    arcs: _Arcs
    supply: Ints
    sizes: tuple[int, ...]
    priced: Ints
    rules: int

    @property
    def sink(self) -> int:
        return len(self.supply) - 1


def solve(programme: Programme, people: Classes, nested: Nest) -> Answer | None:
    """Place people in strict priority order at least cost under the nested rules alone.

    ``None`` where that cannot be one flow: conversions between pools that different rules hold, or weights
    that might not fit in 63 bits. Whether the answer keeps the rules left out is for the caller to check; if
    it does, it is optimal under all of them.
    """
    level, _ = priority(nested.relaxation)
    network = _network(people, nested, level) if level.person.dtype == np.int64 else None
    flow = None if network is None or not _fits(network) else _flow(network)
    if network is None or flow is None:
        return None
    rows, _, _, _, conversions = np.split(flow, np.cumsum(network.sizes)[:-1])
    columns = seat(programme, people, rows, conversions)
    prices = _prices(network, flow)
    proof = Proof(
        levels=tuple(each.name for each in levels_of(programme)),
        by="flow",
        value=level.value(nested.relaxation, columns),
        bound=bound(nested.relaxation, level, prices, 1),
        prices={nested.relaxation.names[row]: int(prices[row]) for row in np.flatnonzero(prices).tolist()},
    )
    return Answer(programme=programme, columns=columns, proofs=(proof,), method="network")


def _fits(network: _Network) -> bool:
    dearest = int(abs(network.arcs.cost).max(initial=0))
    return dearest * 4 * (len(network.supply) + 1) < LARGEST_ARC


def _network(people: Classes, nested: Nest, level: Level) -> _Network | None:
    """Lay the relaxation out; ``None`` where conversions join pools that different rules hold."""
    relaxation, convs = nested.relaxation, nested.relaxation.conversions
    rules, base = len(nested.parent), len(people)
    row = pool_rows(relaxation)
    if (nested.parent[row[convs.source]] != nested.parent[row[convs.target]]).any():
        return None
    givers = np.unique(convs.source)
    sink = base + rules + len(givers)
    arcs = (
        _class_arcs(people, nested, level, sink),
        _unplaced_arcs(people, level, sink),
        _Arcs(
            tail=base + np.arange(rules),
            head=np.where(nested.parent == NOBODY, sink, base + nested.parent),
            most=np.minimum(relaxation.limit[:rules], len(people.people) + 1),  # never full by this cut
            cost=np.zeros(rules, dtype=np.int64),
        ),
        _Arcs(
            tail=base + rules + np.arange(len(givers)),
            head=base + row[givers],
            most=relaxation.limit[_out_rows(relaxation, givers)],
            cost=np.zeros(len(givers), dtype=np.int64),
        ),
        _Arcs(
            tail=base + row[convs.target],
            head=base + rules + np.searchsorted(givers, convs.source),
            most=convs.most,
            cost=-level.column[len(relaxation.choices) : len(relaxation.choices) + len(convs)],
        ),
    )
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:base] = np.diff(people.start)
    supply[sink] = -len(people.people)
    rule_of_arc = np.concatenate([np.arange(rules), _out_rows(relaxation, givers)])
    return _Network(
        arcs=_Arcs.joined(*arcs),
        supply=supply,
        sizes=tuple(len(each.tail) for each in arcs),
        priced=rule_of_arc,
        rules=len(relaxation.names),
    )


def _class_arcs(people: Classes, nested: Nest, level: Level, sink: int) -> _Arcs:
    leaf = nested.leaf[people.rows]
    return _Arcs(
        tail=people.row_class,
        head=np.where(leaf == NOBODY, sink, len(people) + leaf),
        most=np.diff(people.start)[people.row_class],
        cost=-level.column[people.rows],
    )


def _unplaced_arcs(people: Classes, level: Level, sink: int) -> _Arcs:
    first = np.cumsum(people.group_size) - people.group_size
    return _Arcs(
        tail=people.group_class,
        head=np.full(len(people.group_class), sink),
        most=np.where(people.forced[people.group_class], 0, people.group_size),
        cost=level.person[people.people[first]],
    )


def _out_rows(relaxation: Programme, givers: Ints) -> Ints:
    """The rows that limit what each of these pools gives away."""
    row_of = {name[1:]: row for row, name in enumerate(relaxation.names) if name[0] == "out"}
    pools = relaxation.scene.pools
    services = relaxation.scene.problem.services
    names = [(services[int(pools.service[pool])].id, pools.names[pool]) for pool in givers.tolist()]
    return np.array([row_of[name] for name in names], dtype=np.int64)


def _flow(network: _Network) -> Ints | None:
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = network.arcs
    numbers = solver.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.most, arcs.cost)
    solver.set_nodes_supplies(np.arange(len(network.supply)), network.supply)
    if solver.solve() != solver.OPTIMAL:
        return None
    return np.asarray(solver.flows(numbers), dtype=np.int64)


def _prices(network: _Network, flow: Ints) -> Ints:
    """Dual prices of the rules: how much dearer the way to the sink is before a rule than after it."""
    distance, arcs = _distances(network, flow), network.arcs
    steps = np.maximum(distance[arcs.tail] - distance[arcs.head], 0)
    _, _, rules, out, _ = np.split(steps, np.cumsum(network.sizes)[:-1])
    prices = np.zeros(network.rules, dtype=np.int64)
    prices[network.priced] = np.concatenate([rules, out])
    return prices


def _distances(network: _Network, flow: Ints) -> Ints:
    """Per node, the least cost of sending one more unit to the sink in the residual network.

    Bellman and Ford's rounds on whole arrays; an optimal flow leaves no negative cycle, so they end. A node
    that cannot send any is as far as no price can pay.
    """
    arcs = network.arcs
    ahead, back = flow < arcs.most, flow > 0
    tail = np.concatenate([arcs.tail[ahead], arcs.head[back]])
    head = np.concatenate([arcs.head[ahead], arcs.tail[back]])
    cost = np.concatenate([arcs.cost[ahead], -arcs.cost[back]])
    order = np.argsort(tail, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    starts = np.flatnonzero(np.diff(tail, prepend=-1))
    far = 4 * (int(abs(arcs.cost).max(initial=0)) + 1)
    distance = np.full(len(network.supply), far, dtype=np.int64)
    distance[network.sink] = 0
    changed = len(starts) > 0
    while changed:
        best = np.minimum.reduceat(distance[head] + cost, starts)
        nodes = tail[starts]
        better = (best < distance[nodes]) & (nodes != network.sink)
        distance[nodes[better]] = best[better]
        changed = bool(better.any())
    return distance
