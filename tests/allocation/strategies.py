"""Small problems of every kind, drawn by Hypothesis: few people, fewer units, so that scarcity is common.

`problems` takes the kinds a problem should have and leaves everything else plain; `of_kind` adds what a kind
needs to bite; `small_problems` mixes all of them. Every problem drawn is valid, and small enough that
`allocation.exhaustive` settles it in milliseconds.
"""

from collections import Counter
from dataclasses import replace
from enum import StrEnum
from itertools import chain, combinations, permutations

from hypothesis import strategies as st

from allocation.problem import Conversion, Gender, Limits, Options, Person, Pool, Problem, Quota, Service

AUTHORITIES = ("A", "B", "C")
TAGS = ("arson", "high-risk")
TIERS = (None, "hub", "local", "floating")
GROUPS = ("complex-needs", "young")
PLACES = (None, (52.48, -1.90), (52.51, -2.08), (52.59, -1.98))


class Kind(StrEnum):
    """What can make a problem more than people, single pools and options."""

    NESTED = "nested quotas"
    CROSSING = "quotas that cross each other and gendered pools"
    GENDERS = "pools for men and for women"
    TAGS = "quotas of people with tags"
    HOUSEHOLDS = "cases of several units"
    PLACE_UNITS = "units that depend on the place"
    SAME = "pools of one gender at a time"
    CONVERSIONS = "units that may be re-designated"
    OCCUPANTS = "occupants fixed, movable, and leaving"
    OVERFULL = "over-full pools and quotas, and mixed same pools"
    SEPARATIONS = "people kept apart"
    LIMITS = "limits on moves and conversions"
    MIN_UNITS = "quotas with a least"
    DERIVED = "options derived from attributes"


# Kinds without which another has little to bind.
COMPANY = {
    Kind.CROSSING: (Kind.GENDERS,),
    Kind.CONVERSIONS: (Kind.GENDERS,),
    Kind.OVERFULL: (Kind.OCCUPANTS, Kind.SAME, Kind.CROSSING),
    Kind.LIMITS: (Kind.OCCUPANTS, Kind.CONVERSIONS, Kind.GENDERS),
}
# Kinds that bind only where people are together, and those that need a choice of pools.
SHARED = {Kind.SAME, Kind.SEPARATIONS, Kind.TAGS}
SEVERAL_POOLS = {Kind.GENDERS, Kind.CONVERSIONS, Kind.OCCUPANTS}

few = st.integers(0, 3)
share = st.sampled_from((1, 2, 3, 1, 2, 0))


def of_kind(kind, most_people=6):
    """Problems of one kind, and of those others without which it has little to bind."""
    return problems({kind, *_company(kind)}, most_people)


def small_problems(most_people=6):
    """Problems of every kind and of any mixture of kinds."""
    rarely_binding = (Kind.CONVERSIONS, Kind.OCCUPANTS)
    kinds = st.lists(st.sampled_from((*Kind, *rarely_binding)), min_size=1, max_size=3)
    return kinds.flatmap(lambda some: problems({*some, *chain(*map(_company, some))}, most_people))


def _company(kind):
    return COMPANY.get(kind, ())


@st.composite
def problems(draw, kinds, most_people=6):
    """Problems that have this set of kinds, one to ``most_people`` people and one to four services."""
    services = _named("s", [draw(_services(kinds)) for _ in range(draw(_service_count(kinds)))])
    genders = st.sampled_from(draw(_genders))
    people = _named("p", [draw(_people(kinds, services, genders)) for _ in range(draw(_up_to(most_people)))])
    rows = None if Kind.DERIVED in kinds else draw(_rows(kinds, len(people), len(services)))
    quotas = draw(_quotas(kinds, services))
    if Kind.OVERFULL not in kinds:
        held = [(person, _units_held(person, at, rows, services)) for at, person in enumerate(people)]
        held = [(person, units) for person, units in held if person.remains]
        services = [_roomy(service, held) for service in services]
        quotas = [_generous(quota, held) for quota in quotas]
    return Problem(
        people=tuple(people),
        services=tuple(services),
        options=None if rows is None else Options.of(rows),
        quotas=tuple(quotas),
        separations=draw(_separations(people)) if Kind.SEPARATIONS in kinds else (),
        limits=draw(_limits) if Kind.LIMITS in kinds else Limits(),
    )


def _up_to(most, least=1):
    """A number of things: any, and often many, where there is more to go wrong."""
    many = range((most + 2) // 2, most + 1)
    return st.sampled_from([*range(least, most + 1), *many, *many])


def _named(letter, things):
    """Number things in the order drawn: the ids say nothing about anybody's priority."""
    return [replace(each, id=f"{letter}{at}") for at, each in enumerate(things, start=1)]


def _subsets(things, least=0):
    """Every subset in one draw, the smaller first."""
    sizes = range(least, len(things) + 1)
    return st.sampled_from([frozenset(some) for size in sizes for some in combinations(things, size)])


def _seldom(this, otherwise=None):
    """A value once in four: each alone rules few places out, and together they still leave some."""
    return st.sampled_from((otherwise, otherwise, otherwise, this))


# ------------------------------------------------------------------------------------------- services


def _service_count(kinds):
    """How many services: fewer where they are larger, so that people still meet in them."""
    if {Kind.CONVERSIONS, *SHARED} & kinds:
        return st.sampled_from((2, 3, 2, 1))
    return _up_to(3 if SEVERAL_POOLS & kinds else 4)


def _units(kinds):
    """Units of one pool: scarce, but enough to share or to pass on where that is the kind."""
    if Kind.OVERFULL in kinds:
        return st.sampled_from((1, 0, 2))
    if Kind.CONVERSIONS in kinds:
        return st.sampled_from((2, 0, 1))
    if SHARED & kinds:
        return st.sampled_from((2, 1, 3))
    return st.sampled_from((1, 2, 0, 2))


@st.composite
def _services(draw, kinds):
    count = draw(_up_to(3, 2 if Kind.CONVERSIONS in kinds else 1)) if SEVERAL_POOLS & kinds else 1
    genders = st.sampled_from(_designations(kinds))
    pools = [Pool(id=name, units=draw(_units(kinds)), gender=draw(genders)) for name in "abc"[:count]]
    attributes = draw(_service_attributes) if Kind.DERIVED in kinds else {}
    return Service(id="s", pools=tuple(pools), conversions=draw(_conversions(kinds, pools)), **attributes)


def _designations(kinds):
    genders = [Gender.ANY]
    if Kind.GENDERS in kinds:
        genders += [Gender.MALE, Gender.FEMALE]
    if Kind.SAME in kinds:
        genders += [Gender.SAME] * 2
    return genders


@st.composite
def _conversions(draw, kinds, pools):
    """One or two a service, mostly of use, so that a unit may be passed on (a to b, b to c) or back."""
    pairs = [(one, other) for one in pools for other in pools if one is not other]
    if Kind.CONVERSIONS not in kinds or not pairs:
        return ()
    wanted = [(one, other) for one, other in pairs if one.units and other.gender is not Gender.ANY]
    pair = st.sampled_from([(one.id, other.id) for one, other in [*pairs, *wanted, *wanted]])
    chosen = sorted({draw(pair) for _ in range(draw(st.integers(1, 2)))})
    most = st.sampled_from((None, 1, 2, 0))
    return tuple(Conversion(source=a, target=b, max_units=draw(most), cost=draw(few)) for a, b in chosen)


_service_attributes = st.fixed_dictionaries(
    {
        "tier": st.sampled_from(TIERS),
        "authority": st.sampled_from((None, *AUTHORITIES)),
        "location": st.sampled_from(PLACES),
        "client_groups": _seldom(frozenset(GROUPS[:1]), frozenset()),
        "min_age": _seldom(25),
        "max_age": _seldom(65),
        "features": _subsets(("step-free",)),
        "cannot_manage": _seldom(frozenset({"arson"}), frozenset()),
        "direct_access": _seldom(this=True, otherwise=False),
    }
)


# --------------------------------------------------------------------------------------------- people


# As many men as women, hardly any men, or hardly any women: then units must be converted.
_genders = st.sampled_from(
    (
        ("male", "female", "male", "female", "male", "female", None, "non-binary"),
        ("female", "female", "female", "male", None),
        ("male", "male", "male", "female", "non-binary"),
    )
)


@st.composite
def _people(draw, kinds, services, genders):
    several = st.sampled_from((1, 1, 2, 3)) if Kind.HOUSEHOLDS in kinds else st.just(1)
    traits = {
        "band": draw(st.integers(1, 3)),
        "score": draw(few),
        "units": draw(several),
        "authority": draw(st.sampled_from((*AUTHORITIES, None))),
        "gender": draw(genders),
    }
    if Kind.TAGS in kinds or Kind.DERIVED in kinds:
        traits["tags"] = draw(_subsets(TAGS))
    if Kind.DERIVED in kinds:
        traits |= draw(_person_attributes([service.id for service in services]))
    if Kind.OCCUPANTS in kinds and draw(st.sampled_from((True, False, True))):
        traits |= draw(_occupancy(services))
    return Person(id="p", **traits)


@st.composite
def _occupancy(draw, services):
    """Where somebody lives and whether they are fixed, movable or leaving."""
    service = draw(st.sampled_from(services))
    ids = [pool.id for pool in service.pools]
    pool = draw(st.sampled_from(ids if len(ids) > 1 else [*ids, None]))
    fate = draw(st.sampled_from(({}, {"may_move": True}, {"must_leave": True}, {"may_move": True})))
    both = {"must_leave": True, "may_move": True} if fate and draw(few) == 3 else fate
    return {"current_service": service.id, "current_pool": pool, **both}


def _person_attributes(services):
    return st.fixed_dictionaries(
        {
            "tier": st.sampled_from(TIERS),
            "home": st.sampled_from(PLACES),
            "age": st.sampled_from((40, 22, 70, None)),
            "client_groups": _subsets(GROUPS),
            "access_needs": _seldom(frozenset({"step-free"}), frozenset()),
            "avoid_services": _seldom(frozenset(services[:1]), frozenset()),
            "avoid_areas": _seldom(frozenset({"B"}), frozenset()),
            "prefers": st.sampled_from([some for size in range(3) for some in permutations(services, size)]),
        }
    )


# -------------------------------------------------------------------------------------------- options


# The costs of one problem; None is not suitable.
_costs = st.sampled_from(((0, 1, 2, 0), (0, None, 1, 2), (0, None, None, 1))).map(st.sampled_from)


@st.composite
def _rows(draw, kinds, people, services):
    """Options as rows of person, service, cost and units: of all pairs, of most, or of every other one."""
    pairs = [(person, service) for person in range(people) for service in range(services)]
    costs = draw(_one_each(pairs, draw(_costs)))
    units = draw(_one_each(pairs, few)) if Kind.PLACE_UNITS in kinds else [0] * len(pairs)
    rows = zip(pairs, costs, units, strict=True)
    return [(*pair, cost, each) for pair, cost, each in rows if cost is not None]


def _one_each(things, values):
    return st.tuples(*[values] * len(things))


def _separations(people):
    pairs = list(combinations([person.id for person in people], 2))
    return st.lists(st.sampled_from(pairs), min_size=1, max_size=4).map(tuple) if pairs else st.just(())


_limits = st.sampled_from(
    [Limits(moves=moves, conversions=units) for moves in (None, 1, 0) for units in (None, 1, 2, 0)][1:]
)


# --------------------------------------------------------------------------------------------- quotas


@st.composite
def _quotas(draw, kinds, services):
    quotas = []
    if Kind.NESTED in kinds:
        quotas += draw(_nested(services))
    ids = [service.id for service in services]
    if Kind.CROSSING in kinds:
        quotas += [draw(_crossing(ids)) for _ in range(draw(st.integers(1, 3)))]
    if Kind.TAGS in kinds:
        quotas += [draw(_tagged(ids)) for _ in range(draw(st.integers(1, 2)))]
    if Kind.MIN_UNITS in kinds:
        quotas.append(draw(_with_least(ids)))
    return [replace(quota, id=f"q{at}") for at, quota in enumerate(quotas, start=1)]


@st.composite
def _nested(draw, services):
    """Quotas of all services, of two groups of them, of each, and of people apart inside one.

    People are told apart only where a service has a single pool for anybody: another pool would cross them.
    """
    ids = [service.id for service in services]
    cut = draw(st.integers(0, len(ids)))
    groups = [None, ids[:cut], ids[cut:], *([each] for each in ids)]
    quotas = [
        Quota(id="q", services=group and frozenset(group), max_units=draw(share) + 1)
        for group in groups
        if group != [] and draw(st.booleans())
    ]
    for service in services:
        if [pool.gender for pool in service.pools] == [Gender.ANY]:
            quotas += draw(_apart(service.id))
    return quotas


def _apart(service):
    """Nothing, or quotas inside one service that share nobody, or everybody."""
    host, rest = frozenset("A"), frozenset("BC")
    families = (
        (),
        ({"not_authorities": host},),
        ({"authorities": host}, {"authorities": rest}),
        ({"authorities": host}, {"not_authorities": host}),
        ({"not_authorities": host}, {"authorities": rest}),
    )
    family = st.sampled_from(families)
    return family.flatmap(lambda selectors: st.tuples(*(_inside(service, each) for each in selectors)))


def _inside(service, selector):
    where = frozenset({service})
    return share.map(lambda most: Quota(id="q", services=where, max_units=most, **selector))


def _crossing(services):
    """An authority's share of any services, whatever else binds there."""
    return st.builds(
        Quota,
        id=st.just("q"),
        services=st.one_of(st.none(), _subsets(services, least=1)),
        authorities=st.one_of(st.none(), _subsets(AUTHORITIES, least=1)),
        not_authorities=st.one_of(st.none(), st.none(), _subsets(AUTHORITIES, least=1)),
        max_units=share,
    )


def _tagged(services):
    return st.builds(
        Quota,
        id=st.just("q"),
        services=st.one_of(st.none(), _subsets(services, least=1)),
        tags=_subsets(TAGS, least=1),
        max_units=share,
    )


def _with_least(services):
    """At least one or two units somewhere, mostly for anybody."""
    return st.builds(
        Quota,
        id=st.just("q"),
        services=st.one_of(st.none(), _subsets(services, least=1)),
        authorities=st.one_of(st.none(), st.none(), _subsets(AUTHORITIES, least=1)),
        max_units=st.sampled_from((None, 2, 3)),
        min_units=st.integers(1, 2),
    )


# ------------------------------------------------------------------------- the facts made to fit


def _units_held(person, at, rows, services):
    """The most units that somebody's place at the start may be taken to hold."""
    listed = {(who, services[where].id): units for who, where, _, units in rows or ()}
    return listed.get((at, person.current_service), 0) or person.units


def _roomy(service, held):
    """The service with pools that hold whoever is there at the start, and none of them mixed."""
    inside, genders = Counter(), {}
    for at, (person, units) in enumerate(held):
        if person.current_service == service.id:
            pool = person.current_pool or service.pools[0].id
            inside[pool] += units
            genders.setdefault(pool, set()).add(person.gender or at)
    pools = [replace(pool, units=max(pool.units, inside[pool.id])) for pool in service.pools]
    unmixed = [
        replace(pool, gender=Gender.ANY)
        if pool.gender is Gender.SAME and len(genders.get(pool.id, ())) > 1
        else pool
        for pool in pools
    ]
    return replace(service, pools=tuple(unmixed))


def _generous(quota, held):
    """The quota with a limit that allows whoever counts in it at the start."""
    counted = sum(
        units
        for person, units in held
        if quota.selects(person) and (quota.services is None or person.current_service in quota.services)
    )
    return quota if quota.max_units is None else replace(quota, max_units=max(quota.max_units, counted))
