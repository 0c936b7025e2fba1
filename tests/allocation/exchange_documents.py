"""Documents of the exchange format: one written by hand, and any that Hypothesis can think of."""

import json
from copy import deepcopy
from functools import partial
from pathlib import Path

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from allocation.plan import (
    Converted,
    Placement,
    Plan,
    Reason,
    Status,
    Summary,
    Unlock,
    Unplaced,
    Unproved,
)
from allocation.problem import LARGEST

SCHEMAS = Path(__file__).parents[2] / "allocation" / "exchange" / "schemas"


def schema(name):
    return Draft202012Validator(json.loads((SCHEMAS / f"placement-{name}-1.schema.json").read_text("utf-8")))


def example():
    """A problem in which every key of the format is used."""
    return {
        "format": "placement-problem/1",
        "people": [
            {
                "id": "R-0044",
                "band": 2,
                "score": 12,
                "gender": "male",
                "current_service": "S-02",
                "current_pool": "m",
            },
            {
                "id": "R-0001",
                "band": 1,
                "score": 37,
                "authority": "E08000025",
                "units": 1,
                "tags": ["high-risk", "arson"],
                "gender": "female",
                "age": 34,
                "client_groups": ["complex-needs"],
                "tier": "hub",
                "access_needs": ["step-free"],
                "home": [52.49, -1.89],
                "avoid_services": ["S-07"],
                "avoid_areas": ["E08000030"],
                "prefers": ["S-09", "S-02"],
                "current_service": "S-09",
                "current_pool": "u",
                "must_leave": True,
                "may_move": True,
            },
            {"id": "R-0002"},
        ],
        "services": [
            {
                "id": "S-02",
                "tier": "hub",
                "authority": "E08000025",
                "location": [52, -1.9],
                "client_groups": ["complex-needs"],
                "min_age": 18,
                "max_age": 65,
                "features": ["step-free"],
                "cannot_manage": ["arson"],
                "direct_access": True,
                "pools": [
                    {"id": "m", "units": 10, "gender": "male"},
                    {"id": "f", "units": 6, "gender": "female"},
                    {"id": "r1", "units": 2, "gender": "same"},
                ],
                "conversions": [
                    {"from": "m", "to": "f", "max_units": 4, "cost": 20},
                    {"from": "f", "to": "m"},
                ],
            },
            {"id": "S-09", "pools": [{"id": "u", "units": 0}]},
            {"id": "S-07", "pools": [{"id": "u", "units": 3, "gender": "any"}]},
            {"id": "S-11", "pools": [{"id": "u", "units": 1}]},
        ],
        "options": [
            {"person": "R-0044", "service": "S-07", "cost": 3, "units": 2},
            {"person": "R-0001", "service": "S-02", "cost": 5},
            {"person": "R-0001", "service": "S-07"},
        ],
        "quotas": [
            {
                "id": "S-02/non-host",
                "services": ["S-02"],
                "not_authorities": ["E08000025"],
                "max_units": 5,
            },
            {
                "id": "hub",
                "services": ["S-07", "S-02"],
                "authorities": ["E08000027"],
                "tags": ["high-risk"],
                "max_units": 4,
                "min_units": 1,
            },
        ],
        "separations": [["R-0044", "R-0001"]],
        "limits": {"moves": 20, "conversions": 9},
    }


def changed(document, path, value):
    """A copy of ``document`` with ``value`` at ``path``, a sequence of keys and positions."""
    copy = deepcopy(document)
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy


# ------------------------------------------------------------------------------------------ any problem

letters = st.characters(exclude_categories=["Cs"])
texts = st.one_of(st.sampled_from(["a", "b", "arson", "E08000025"]), st.text(letters, min_size=1, max_size=5))
text_lists = st.lists(texts, max_size=3)
whole = st.one_of(st.integers(0, 3), st.integers(0, LARGEST))
positive = st.one_of(st.integers(1, 3), st.integers(1, LARGEST))
truths = st.booleans()
places = st.tuples(
    st.floats(-90, 90) | st.integers(-90, 90), st.floats(-180, 180) | st.integers(-180, 180)
).map(list)


def nullable(values):
    return st.none() | values


def some_of(ids, most=3):
    return st.lists(st.sampled_from(ids), max_size=most) if ids else st.just([])


def ids(most):
    return st.lists(texts, max_size=most, unique=True)


@st.composite
def problem_documents(draw):
    """Any valid problem document: keys present or absent, null or at their default, in any order."""
    people, services = draw(ids(4)), draw(ids(3))
    pools = {service: draw(st.lists(texts, min_size=1, max_size=3, unique=True)) for service in services}
    document = {
        "format": "placement-problem/1",
        "people": [draw(_person(each, services, pools)) for each in people],
        "services": [draw(_service(each, pools[each])) for each in services],
    }
    pairs = [(one, other) for one in people for other in people if one != other]
    rows = [(person, service) for person in people for service in services]
    parts = {
        "options": st.permutations(rows).flatmap(lambda some: st.tuples(*map(_option, some))).map(list),
        "quotas": ids(3)
        .flatmap(lambda names: st.tuples(*(_quota(name, services) for name in names)))
        .map(list),
        "separations": some_of(pairs).map(lambda some: list(map(list, some))),
        "limits": st.fixed_dictionaries(
            {}, optional={"moves": nullable(whole), "conversions": nullable(whole)}
        ),
    }
    return document | draw(st.fixed_dictionaries({}, optional=parts))


def _option(row):
    given = {"person": st.just(row[0]), "service": st.just(row[1])}
    return st.fixed_dictionaries(given, optional={"cost": nullable(whole), "units": nullable(positive)})


def _quota(name, services):
    most = st.sampled_from([{}, {"max_units": None}, {"max_units": 7}, {"min_units": 7, "max_units": 7}])
    selectors = {
        "services": some_of(services),
        "authorities": text_lists,
        "not_authorities": text_lists,
        "tags": text_lists,
    }
    quota = st.fixed_dictionaries({"id": st.just(name)}, optional=selectors)
    return st.tuples(quota, most).map(lambda both: both[0] | both[1])


@st.composite
def _person(draw, name, services, pools):
    known = {
        "band": nullable(positive),
        "score": nullable(whole),
        "authority": nullable(texts),
        "units": nullable(positive),
        "tags": text_lists,
        "gender": nullable(texts),
        "age": nullable(whole),
        "client_groups": text_lists,
        "tier": nullable(texts),
        "access_needs": text_lists,
        "home": nullable(places),
        "avoid_services": some_of(services),
        "avoid_areas": text_lists,
        "prefers": st.permutations(services),
        "must_leave": nullable(truths),
        "may_move": nullable(truths),
    }
    person = {"id": name} | draw(st.fixed_dictionaries({}, optional=known))
    if services and draw(truths):
        service = draw(st.sampled_from(services))
        person |= {"current_service": service, "current_pool": draw(st.sampled_from(pools[service]))}
        if len(pools[service]) == 1 and draw(truths):
            del person["current_pool"]
    return person


@st.composite
def _service(draw, name, pools):
    known = {
        "tier": nullable(texts),
        "authority": nullable(texts),
        "location": nullable(places),
        "client_groups": text_lists,
        "min_age": st.sampled_from([None, 0, 18]),
        "max_age": st.sampled_from([None, 18, 65]),
        "features": text_lists,
        "cannot_manage": text_lists,
        "direct_access": nullable(truths),
    }
    genders = st.sampled_from([None, "any", "male", "female", "same"])
    pairs = [(one, other) for one in pools for other in pools if one != other]
    chosen = st.lists(st.sampled_from(pairs), max_size=2, unique=True) if pairs else st.just([])
    terms = st.fixed_dictionaries({}, optional={"max_units": nullable(whole), "cost": nullable(whole)})
    return {
        "id": name,
        "pools": [
            {"id": pool} | draw(st.fixed_dictionaries({"units": whole}, optional={"gender": genders}))
            for pool in pools
        ],
        "conversions": [{"from": one, "to": other} | draw(terms) for one, other in draw(chosen)],
    } | draw(st.fixed_dictionaries({}, optional=known))


@st.composite
def shuffled(draw, document):
    """The same problem, told in another order."""
    copy = deepcopy(document)
    ordered = {"prefers", "home", "location"}

    def stir(value, name):
        if isinstance(value, dict):
            return {key: stir(value[key], key) for key in draw(st.permutations(list(value)))}
        if isinstance(value, list) and name not in ordered:
            return [stir(item, "") for item in draw(st.permutations(value))]
        return value

    return stir(copy, "")


# --------------------------------------------------------------------------------------------- any plan

names = st.none() | texts
unlocks = st.one_of(
    st.builds(Unlock, kind=st.just("pool"), service=texts, pool=texts, units=positive),
    st.builds(Unlock, kind=st.just("quota"), quota=texts, units=positive),
    st.builds(Unlock, kind=st.just("conversion"), service=texts, source=texts, target=texts),
)
reasons = st.builds(Reason, code=texts, text=texts, service=names, quota=names, rule=names)
json_values = st.recursive(
    st.none() | truths | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(letters),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(letters), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(letters, max_size=5), json_values, max_size=3)
bounds = st.integers(-(2**53), 2**53)
summaries = st.builds(
    Summary,
    people=whole,
    placed=whole,
    unplaced=whole,
    stayed=whole,
    moved=whole,
    placed_by_band=st.dictionaries(
        st.integers(1, 12), st.tuples(whole, whole).map(sorted).map(tuple), max_size=4
    ),
    cost=st.integers(0, 2**53),
    cost_bound=bounds,
    conversions=whole,
    method=texts,
    unproved=st.lists(st.builds(Unproved, level=texts, value=bounds, bound=bounds), max_size=2).map(tuple),
    message=names,
)


@st.composite
def plans(draw):
    """Any plan, in which nobody is answered twice."""
    people = draw(ids(6))
    cut = draw(st.integers(0, len(people)))
    many = partial(st.lists, max_size=2)
    return Plan(
        problem_sha256=draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        status=draw(st.sampled_from(Status)),
        summary=draw(summaries),
        placements=tuple(
            Placement(
                person=each, service=draw(texts), pool=draw(texts), origin=draw(names), cost=draw(whole)
            )
            for each in people[:cut]
        ),
        unplaced=tuple(
            Unplaced(
                person=each,
                reasons=tuple(draw(many(reasons))),
                unlocks=tuple(draw(many(unlocks))),
                unlocks_complete=draw(truths),
            )
            for each in people[cut:]
        ),
        conversions=tuple(
            Converted(service=service, source="m", target="f", units=draw(positive))
            for service in draw(ids(2))
        ),
        steps=tuple(map(tuple, draw(st.lists(st.lists(texts, max_size=2), max_size=2)))),
        certificate=draw(objects),
        run=draw(objects),
    )


# ---------------------------------------------------------------------------------- documents gone wrong

simple = [
    -1,
    0,
    1,
    2,
    True,
    None,
    "",
    "a",
    "S-02",
    1.0,
    1e400,
    LARGEST + 1,
    10**30,
    [],
    {},
    ["a"],
    [["a", "b"]],
]
odd_values = st.one_of(json_values, st.sampled_from(simple).map(deepcopy))


@st.composite
def damaged(draw, document):
    """A document with one to three values replaced, keys removed or keys added, anywhere."""
    copy = deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        container = draw(st.sampled_from(_containers(copy)))
        if isinstance(container, dict):
            key = draw(st.sampled_from([*container, "extra"]))
            if key in container and draw(truths):
                del container[key]
            else:
                container[key] = draw(odd_values)
        elif container and draw(truths):
            container[draw(st.integers(0, len(container) - 1))] = draw(odd_values)
        else:
            container.append(draw(odd_values))
    return copy


def _containers(value):
    if not isinstance(value, (dict, list)):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(found for item in inner for found in _containers(item))]
