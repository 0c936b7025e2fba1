"""The cost of a suitable place: whole points from 0, lower is better, and a sentence for every point.

Five things count, each for itself: how far the service's tier is from the tier asked for, another authority
than the person's own, the distance from home, the person's wishes, and being moved without having to leave.
Cost is compared only between plans that place the same priorities equally well (docs/problem-format.md, "What
is optimal"), so no number of points ever costs anybody a place.

The weights are this project's: no source gives any. Each constant says why it is what it is against the
others, and docs/eligibility-and-preference.md lists them. What is not known counts nothing, and its line says
so: guessed points would move people on no evidence.
"""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from allocation.problem import Ints, Person, Problem, Service

Floats: TypeAlias = NDArray[np.float64]
Place: TypeAlias = tuple[float, float]
Value = TypeVar("Value", bound=Hashable)

FLOATING: Final = "floating"
"""The tier whose support comes to the person wherever they live, so that no distance is travelled."""

TIER_POINTS: Final[Mapping[tuple[str, str], int]] = MappingProxyType(
    {
        ("hub", "local"): 10,  # less support than asked for
        ("hub", "floating"): 20,  # and no building either: the widest gap there is
        ("local", "hub"): 8,  # more than asked for: it suits the person, but uses a scarce unit
        ("local", "floating"): 10,  # less support than asked for
        ("floating", "local"): 8,  # more than asked for
        ("floating", "hub"): 12,  # far more, and the scarcest units there are
    }
)
"""Points from the tier asked for to another tier: a graph of direct moves, not a ladder to be climbed.

Any tier may be a person's first, so every move is permitted and has its own points, whatever lies between.
Too little support weighs more than one tier too much. Every move weighs more than `MOVING`: a tier that does
not fit is the one reason here that is worth moving somebody for.
Sources: the Birmingham and Black Country partnership's three tiers; the warning of providers, in the
five-boroughs partnering report (2008), that pathways can be too linear.
"""

OTHER_TIER: Final = 20
"""Points where either tier is a word that the graph does not know: as far as its widest gap."""

OTHER_AUTHORITY: Final = 4
"""Points for a service outside the person's own authority.

The partnership brings people back to their own authority (re-connection); it is a wish of the arrangement and
no condition, for the hub takes people from every partner. It weighs like one wish of the person's own.
"""

DISTANCE_BANDS_KM: Final = (5, 10, 20, 40, 80)
"""One point from each of these great-circle distances on, so at most five.

The bands double because what matters is the kind of journey: on foot or one bus, across a city, across a
region, a day's travel. Nothing gets worse after that.
"""

LATER_WISH: Final = 1
"""Points for each wish that stands before this one in the person's list; the first wish has none."""

NOT_WISHED: Final = 4
"""Points for a place the person did not wish for, if they wished for any.

A wish costs points where it is *not* met, so that no cost is negative. Wishes late in a long list cost one
point less than this at most: any wish is better than none.
"""

MOVING: Final = 6
"""Points for moving somebody who lives in one of the services and need not leave it.

More than another authority, the longest distance or an unmet wish alone, so that nobody is uprooted for one
of these; less than any tier that does not fit.
"""

MOST_POINTS: Final = (
    max(*TIER_POINTS.values(), OTHER_TIER) + OTHER_AUTHORITY + len(DISTANCE_BANDS_KM) + NOT_WISHED + MOVING
)
"""No place costs more."""

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth: Moritz (2000), Geodetic Reference System 1980, *J. Geodesy* 74: 128-133."""

PAIRS_AT_ONCE: Final = 1 << 20
"""Pairs looked at together: this bounds working memory, whatever the problem's size."""

# Distances are compared as squared straight lines through a globe of radius 1, which grow with the great
# circle above them. Per pair that takes subtraction, multiplication and addition alone, which give the same
# bits one by one, in numpy and on every machine; sines do not.
_EDGES: Final[Floats] = np.array(
    [(2 * math.sin(km / (2 * EARTH_RADIUS_KM))) ** 2 for km in DISTANCE_BANDS_KM], dtype=np.float64
)
_NOWHERE: Final = (math.nan, math.nan, math.nan)


CODES: Final = ("tier", "home_authority", "distance", "wish", "moving")
"""What points are given for, in the order in which `lines` tells them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a cost: what it is for (one of `CODES`), its points, and a sentence to read aloud.

    The sentence gives the band of a distance and no address.
    """

    code: str
    points: int
    sentence: str


def cost(person: Person, service: Service) -> int:
    """Points of this place for this person, from 0 to `MOST_POINTS`; lower is better.

    Says nothing about whether the place is suitable (`allocation.eligibility`).
    """
    return sum(line.points for line in lines(person, service))


def lines(person: Person, service: Service) -> tuple[Line, ...]:
    """The parts of `cost`, always the same five in the same order; those that count nothing say why."""
    return (
        _tier_line(person, service),
        _authority_line(person, service),
        _distance_line(person, service),
        _wish_line(person, service),
        _moving_line(person, service),
    )


def costs(problem: Problem, person_rows: Ints, service_rows: Ints) -> Ints:
    """`cost` for many pairs at once, exactly.

    Parameters
    ----------
    person_rows, service_rows
        ``k`` positions each in ``problem.people`` and ``problem.services``; row ``i`` is one pair.

    Returns
    -------
    Ints
        ``k`` costs in points.
    """
    columns = _Columns.of(problem)
    points = np.empty(len(person_rows), dtype=np.int64)
    for start in range(0, len(points), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        points[part] = columns.points(person_rows[part], service_rows[part])
    return points


def distinct(values: Iterable[Value]) -> tuple[list[Value], Ints]:
    """The different values in the order they first come, and for each value its position among them."""
    seen: dict[Value, int] = {}
    codes = [seen.setdefault(value, len(seen)) for value in values]
    return list(seen), np.array(codes, dtype=np.int64)


# ------------------------------------------------------------------------------------------ one at a time


def tier_points(asked: str | None, offered: str | None) -> int:
    """Points for a service of tier ``offered`` where ``asked`` was asked for; 0 if either is not known."""
    if asked is None or offered is None or asked == offered:
        return 0
    return TIER_POINTS.get((asked, offered), OTHER_TIER)


def wish_points(rank: int) -> int:
    """Points for the wish at position ``rank`` in the person's list, the first being 0."""
    return min(rank * LATER_WISH, NOT_WISHED - 1)


def _tier_line(person: Person, service: Service) -> Line:
    points = tier_points(person.tier, service.tier)
    if person.tier is None:
        sentence = f"No tier was asked for, so the tier of {service.id} counts nothing."
    elif service.tier is None:
        sentence = f"The tier of {service.id} is not recorded, so it counts nothing."
    elif points == 0:
        sentence = f"{service.id} is of the tier asked for, {person.tier}."
    else:
        sentence = f"{service.id} is of tier {service.tier}, where {person.tier} was asked for."
    return Line("tier", points, sentence)


def _authority_line(person: Person, service: Service) -> Line:
    points = 0
    if person.avoid_areas:
        sentence = "The person has areas to avoid, so being in the home authority counts nothing."
    elif person.authority is None:
        sentence = "The person's authority is not recorded, so it counts nothing."
    elif service.authority is None:
        sentence = f"The authority of {service.id} is not recorded, so it counts nothing."
    elif service.authority == person.authority:
        sentence = f"{service.id} is in the person's own authority."
    else:
        points, sentence = OTHER_AUTHORITY, f"{service.id} is in another authority than the person's own."
    return Line("home_authority", points, sentence)


def _distance_line(person: Person, service: Service) -> Line:
    points, home, place = 0, _home(person), _place(service)
    if person.avoid_areas:
        sentence = "The person has areas to avoid, so being near home counts nothing."
    elif service.tier == FLOATING:
        sentence = f"Support from {service.id} comes to the person, so the distance counts nothing."
    elif home is None:
        sentence = "Where the person comes from is not recorded, so the distance counts nothing."
    elif place is None:
        sentence = f"Where {service.id} is, is not recorded, so the distance counts nothing."
    else:
        points = int(_bands(_globe([home]), _globe([place]))[0])
        sentence = f"{service.id} is {_band_text(points)} from where the person comes from."
    return Line("distance", points, sentence)


def _wish_line(person: Person, service: Service) -> Line:
    if not person.prefers:
        return Line("wish", 0, "The person has stated no wish.")
    if service.id not in person.prefers:
        return Line("wish", NOT_WISHED, f"{service.id} is not among the person's wishes.")
    rank, wishes = person.prefers.index(service.id), len(person.prefers)
    return Line("wish", wish_points(rank), f"{service.id} is the person's wish {rank + 1} of {wishes}.")


def _moving_line(person: Person, service: Service) -> Line:
    if person.current_service is None:
        return Line("moving", 0, "The person lives in none of these services.")
    if person.must_leave:
        return Line("moving", 0, f"The person must leave {person.current_service} in any case.")
    if person.current_service == service.id:
        return Line("moving", 0, f"The person lives at {service.id} already.")
    return Line("moving", MOVING, f"The person would leave {person.current_service}, which they need not.")


def _home(person: Person) -> Place | None:
    """Where nearness is wanted: nowhere for somebody who has areas to avoid.

    Who flees abuse or a gang may need distance rather than nearness (Domestic Abuse Act 2021, Part 4,
    statutory guidance). How much is theirs to say: by the areas they avoid, and by their wishes.
    """
    return None if person.avoid_areas else person.home


def _place(service: Service) -> Place | None:
    return None if service.tier == FLOATING else service.location


def _band_text(points: int) -> str:
    edges = DISTANCE_BANDS_KM
    if points == 0:
        return f"under {edges[0]} km"
    if points == len(edges):
        return f"{edges[-1]} km or more"
    return f"{edges[points - 1]} to {edges[points]} km"


# ------------------------------------------------------------------------------------------------ together


def _globe(places: Sequence[Place | None]) -> Floats:
    """Places on a globe of radius 1: shape (places, 3), not-a-number where a place is not known."""
    return np.array([_NOWHERE if place is None else _point(*place) for place in places]).reshape(-1, 3)


def _point(latitude: float, longitude: float) -> tuple[float, float, float]:
    phi, lam = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def _bands(homes: Floats, places: Floats) -> Ints:
    """Distance points from each home to its place, row by row; 0 where either is not known."""
    apart = homes - places
    x, y, z = apart[..., 0], apart[..., 1], apart[..., 2]
    squared = x * x + y * y + z * z
    points: Ints = np.searchsorted(_EDGES, squared, side="right")
    return np.where(np.isnan(squared), 0, points)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """What costs depend on, as arrays over the ``n`` people and ``m`` services of a problem.

    Tiers, homes and places are positions among the different ones, of which there are few. ``authority``
    codes are shared by people and services; -1 is not known, or not to count.
    """

    tiers: Ints  # points by asked tier and offered tier
    asked: Ints
    offered: Ints
    authority: Ints
    service_authority: Ints
    homes: Floats
    home: Ints
    places: Floats
    place: Ints
    wishes: NDArray[np.bool_]
    wish_key: Ints  # person * m + service, rising
    wish_points: Ints
    current: Ints  # where somebody lives who need not leave, else -1

    @staticmethod
    def of(problem: Problem) -> "_Columns":
        people, services = problem.people, problem.services
        asked, offered = distinct(p.tier for p in people), distinct(s.tier for s in services)
        homes, places = distinct(map(_home, people)), distinct(map(_place, services))
        authorities = _authorities(problem)
        left = (p.current_service if p.remains else None for p in people)
        wish_key, points = _wishes(problem)
        return _Columns(
            tiers=np.array([[tier_points(a, o) for o in offered[0]] for a in asked[0]], dtype=np.int64),
            asked=asked[1],
            offered=offered[1],
            authority=_ints(-1 if p.avoid_areas else authorities.get(p.authority, -1) for p in people),
            service_authority=_ints(authorities.get(s.authority, -1) for s in services),
            homes=_globe(homes[0]),
            home=homes[1],
            places=_globe(places[0]),
            place=places[1],
            wishes=np.array([bool(p.prefers) for p in people], dtype=np.bool_),
            wish_key=wish_key,
            wish_points=points,
            current=_ints(-1 if service is None else problem.service_at[service] for service in left),
        )

    def points(self, person: Ints, service: Ints) -> Ints:
        """Cost of each pair of positions, row by row."""
        points = self.tiers[self.asked[person], self.offered[service]]
        points += _bands(self.homes[self.home[person]], self.places[self.place[service]])
        mine, theirs = self.authority[person], self.service_authority[service]
        points += OTHER_AUTHORITY * ((mine >= 0) & (theirs >= 0) & (mine != theirs))
        current = self.current[person]
        points += MOVING * ((current >= 0) & (current != service))
        self._add_wishes(points, person, service)
        return points

    def _add_wishes(self, points: Ints, person: Ints, service: Ints) -> None:
        wishing = np.flatnonzero(self.wishes[person])
        if not len(wishing):
            return
        key = person[wishing] * len(self.offered) + service[wishing]
        at = np.minimum(np.searchsorted(self.wish_key, key), len(self.wish_key) - 1)
        points[wishing] += np.where(self.wish_key[at] == key, self.wish_points[at], NOT_WISHED)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _authorities(problem: Problem) -> dict[str | None, int]:
    """A code for every authority that is known."""
    named = {person.authority for person in problem.people} | {each.authority for each in problem.services}
    return {name: code for code, name in enumerate(named - {None})}


def _wishes(problem: Problem) -> tuple[Ints, Ints]:
    """Every wish as a key that rises, and its points."""
    m, at = len(problem.services), problem.service_at
    found = sorted(
        (row * m + at[name], wish_points(rank))
        for row, person in enumerate(problem.people)
        for rank, name in enumerate(person.prefers)
    )
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
