"""Other ways to answer the same nested problem, on the same arrays: what ours is measured against.

Each takes a programme whose rules nest and returns the worth of its answer in `allocation.levels.priority`,
so that a ratio of seconds compares equal answers.
"""

import networkx as nx
import numpy as np
from ortools.graph.python import min_cost_flow
from scipy import optimize, sparse

from allocation.levels import priority
from allocation.problem import Ints
from allocation.rules import Programme
from allocation.structure import NOBODY, nest


def bare_flow(programme: Programme) -> int:
    """OR-Tools' minimum-cost flow, a node for every person: no classes, no prices, no proof."""
    tail, head, most, cost, supply = _arcs(programme)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, most, cost)
    solver.set_nodes_supplies(np.arange(len(supply)), supply)
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError("the bare flow found no answer")
    return _worth(programme, int(solver.optimal_cost()))


def network_simplex(programme: Programme) -> int:
    """The network simplex of networkx on the same network."""
    tail, head, most, cost, supply = _arcs(programme)
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from((node, {"demand": -units}) for node, units in enumerate(supply.tolist()))
    arcs = zip(tail.tolist(), head.tolist(), most.tolist(), cost.tolist(), strict=True)
    graph.add_edges_from((t, h, {"capacity": m, "weight": c}) for t, h, m, c in arcs)
    total, _ = nx.network_simplex(graph)
    return _worth(programme, int(total))


def highs(programme: Programme) -> int:
    """SciPy's HiGHS in whole numbers, a column for every choice of every person."""
    level, _ = priority(programme)
    people = programme.choices.people
    at = np.searchsorted(people, programme.choices.person)
    count = len(programme.choices)
    one_place = sparse.csr_array(
        (np.ones(count), (at, np.arange(count))), shape=(len(people), programme.width)
    )
    found = optimize.milp(
        -level.worth(programme).astype(np.float64),
        integrality=np.ones(programme.width, dtype=np.int64),
        bounds=optimize.Bounds(0, 1),
        constraints=[
            optimize.LinearConstraint(programme.matrix, ub=programme.limit),
            optimize.LinearConstraint(one_place, ub=np.ones(len(people))),
        ],
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ArithmeticError("HiGHS found no answer")
    return level.value(programme, np.rint(found.x).astype(np.int64))


def _arcs(programme: Programme) -> tuple[Ints, ...]:
    """Tail, head, capacity and cost of every arc, and the supply of every node: people, rules, sink."""
    nested, (level, _) = nest(programme), priority(programme)
    people, rules = programme.choices.people, len(nested.parent)
    at, sink = np.searchsorted(people, programme.choices.person), len(people) + rules
    base = len(people)
    place = np.where(nested.leaf == NOBODY, sink, base + nested.leaf)
    above = np.where(nested.parent == NOBODY, sink, base + nested.parent)
    nodes = np.arange(len(people))
    tail = np.concatenate([at, nodes, base + np.arange(rules)])
    head = np.concatenate([place, np.full(len(people), sink), above])
    limit = np.minimum(nested.relaxation.limit[:rules], len(people))
    most = np.concatenate([np.ones(len(at) + len(people), dtype=np.int64), limit])
    worth = (-level.column[: len(at)], level.person[people], np.zeros(rules, dtype=np.int64))
    cost = np.concatenate(worth)
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[: len(people)], supply[sink] = 1, -len(people)
    return tail, head, most, cost, supply


def _worth(programme: Programme, cost: int) -> int:
    """What an answer is worth, from the cost of its flow: everybody's worth less that cost."""
    level, _ = priority(programme)
    return int(level.person[programme.choices.people].sum()) - cost
