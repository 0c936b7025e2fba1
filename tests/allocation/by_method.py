"""Problems that the engine settles by one method each, and one with a part of each sort."""

from allocation.problem import Person, Quota
from tests.allocation.hand_made import ask, people, pools, service


def flowing():
    """Nested rules: everybody fits everywhere, two units are near and one is far, one quota inside."""
    persons = [
        *people("ann", "bea", score=5),
        *people("cat", "dan", score=3, authority="E1"),
        *people("eve", "fay", score=2, band=2),
    ]
    quota = Quota(id="E1/near", services=frozenset({"near"}), authorities=frozenset({"E1"}), max_units=1)
    return ask(persons, [service("near", 2), service("far", 3)], costs(persons), quotas=(quota,))


def crossing():
    """Pools for men and women under an authority's quota: no network, but the linear model is whole."""
    persons = [
        Person(id="ann", score=5, gender="female", authority="A"),
        Person(id="bea", score=4, gender="female", authority="A"),
        Person(id="cat", score=3, gender="female", authority="B"),
        Person(id="dan", score=5, gender="male", authority="A"),
        Person(id="eli", score=2, gender="male", authority="B"),
        Person(id="fay", score=1, gender="female", authority="B", band=2),
    ]
    places = [
        pools("near", m=(1, "male"), f=(2, "female")),
        pools("far", m=(1, "male"), f=(2, "female")),
    ]
    quotas = (
        Quota(id="A/near", services=frozenset({"near"}), authorities=frozenset("A"), max_units=1),
        Quota(id="B/all", authorities=frozenset("B"), max_units=1),
    )
    return ask(persons, places, costs(persons), quotas=quotas)


def households():
    """Households of two and three in units that do not divide: only branching settles some level."""
    sizes = {"ann": 3, "bea": 3, "cat": 2, "dan": 2, "eve": 2, "fay": 1, "gus": 3}
    persons = [Person(id=each, units=units, score=4 + len(sizes) - units) for each, units in sizes.items()]
    return ask(persons, [service("near", 5), service("far", 6)], costs(persons))


def costs(persons):
    return {(each.id, at): cost for each in persons for at, cost in (("near", 0), ("far", 2))}


METHODS = {"network": flowing, "linear": crossing, "integer": households}


def town():
    """Three services that share nobody: parts that are a flow, a linear model, and a search."""
    flow = [Person(id=f"a{at}", score=at) for at in range(4)]
    crossing = [
        Person(id=f"b{at}", score=at, gender=("male", "female")[at % 2], authority="AB"[at // 2 % 2])
        for at in range(8)
    ]
    households = [Person(id=f"c{at}", score=at, units=1 + at % 3) for at in range(6)]
    services = [
        service("a", 2),
        pools("b", m=(2, "male"), f=(2, "female")),
        pools("b2", u=(1, "any")),
        service("c", 5),
    ]
    homes = {"a": ("a",), "b": ("b", "b2"), "c": ("c",)}
    listed = {
        (each.id, at): number % 3
        for number, each in enumerate([*flow, *crossing, *households])
        for at in homes[each.id[0]]
    }
    quotas = (
        Quota(id="A", services=frozenset({"b", "b2"}), authorities=frozenset("A"), max_units=2),
        Quota(id="B", services=frozenset({"b"}), authorities=frozenset("B"), max_units=1),
    )
    return ask([*flow, *crossing, *households], services, listed, quotas=quotas)
