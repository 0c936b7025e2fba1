"""Random small worlds of rules, offers and homes; and what is forbidden in them, read row by row."""

from datetime import timedelta

from hypothesis import strategies as st

from gateway.people.tables import (
    ExclusionReason,
    ExclusionRow,
    GrantRow,
    PersonRow,
    SafetyAreaRow,
    SafetyReason,
    SeparationRow,
)
from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import (
    DepartureReason,
    Destination,
    HoldKind,
    HoldRow,
    OfferRow,
    PlacementRow,
)
from gateway.referrals.states import ReferralStatus
from tests.gateway.ground import (
    BIRMINGHAM,
    DUDLEY,
    NOW,
    OFFICER,
    TODAY,
    agency,
    authorities,
    person,
    provider,
    referral,
    service,
)

PEOPLE = tuple(f"P-{number}" for number in range(1, 7))
SERVICES = ("S-1", "S-2", "S-3")
DAYS = st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days))


def ground(work):
    """S-1 and S-2 in Birmingham, S-3 in Dudley; S-2 and S-3 of one provider; units for everybody."""
    authorities(work)
    agency(work)
    provider(work, "V-1")
    provider(work, "V-2")
    for id, authority, whose in zip(
        SERVICES, (BIRMINGHAM, BIRMINGHAM, DUDLEY), ("V-1", "V-2", "V-2"), strict=True
    ):
        service(work, id, authority=authority, provider=whose, units=3 * len(PEOPLE))
    for number, id in enumerate(PEOPLE, start=1):
        person(work, id)
        referral(work, f"R-{number}", person=id, status=ReferralStatus.WAITING)


@st.composite
def worlds(draw):
    """Rows to be put on the ground, and who was merged into whom or is restricted."""
    rows = []
    for number, id in enumerate(PEOPLE, start=1):
        rows += draw(st.just([]) | _homes(number, id))
        rows += draw(st.just([]) | _offers(number, id))
    merged = dict.fromkeys(PEOPLE)
    for id in PEOPLE[1:]:
        if draw(st.integers(0, 3)) == 0:
            merged[id] = draw(st.sampled_from(PEOPLE[: PEOPLE.index(id)]))
    for number in range(draw(st.integers(0, 6))):
        rows += draw(_rules(number, merged))
    restricted = draw(st.frozensets(st.sampled_from(PEOPLE), max_size=2))
    granted = draw(st.frozensets(st.sampled_from(PEOPLE), max_size=3))
    return rows, merged, restricted, granted


@st.composite
def _homes(draw, number, id):
    home = draw(st.sampled_from(SERVICES))
    since = TODAY - timedelta(days=draw(st.integers(0, 9)))
    left = draw(st.none() | st.just(since + timedelta(days=1)))
    over = {
        "status": PlacementStatus.LEFT,
        "departure_reason": DepartureReason.LEFT,
        "destination": Destination.UNKNOWN,
    }
    facts = {
        "person_id": id,
        "referral_id": f"R-{number}",
        "service_id": home,
        "from_day": since,
        "until": left,
    }
    status = over if left else {"status": PlacementStatus.LIVING}
    unit = f"U-{home.removeprefix('S-')}-{number}"
    return [
        PlacementRow(id=f"PL-{number}", **status, **facts),
        HoldRow(id=f"HL-{number}", unit_id=unit, placement_id=f"PL-{number}", kind=HoldKind.LIVING, **facts),
    ]


@st.composite
def _offers(draw, number, id):
    status, where = draw(st.sampled_from(OfferStatus)), draw(st.sampled_from(SERVICES))
    facts = {"person_id": id, "referral_id": f"R-{number}", "service_id": where, "from_day": draw(DAYS)}
    offer = OfferRow(id=f"O-{number}", status=status, made_at=NOW, **facts)
    until = facts["from_day"] + timedelta(days=1) if status is OfferStatus.TAKEN_UP else None
    held = status in HOLDING or until is not None
    rooms = draw(st.integers(1, 2))
    return [
        offer,
        *(
            HoldRow(
                id=f"HO-{number}-{room}",
                unit_id=f"U-{where.removeprefix('S-')}-{room * len(PEOPLE) + number}",
                offer_id=offer.id,
                kind=HoldKind.OFFER,
                until=until,
                cancelled=not held,
                **facts,
            )
            for room in range(1, rooms + 1)
        ),
    ]


@st.composite
def _rules(draw, number, merged):
    who, on = draw(st.sampled_from(PEOPLE)), draw(DAYS)
    ended = draw(st.none() | st.integers(0, 3).map(lambda days: on + timedelta(days=days)))
    kind = draw(st.sampled_from(("area", "apart", "exclusion")))
    if kind == "area":
        area = draw(st.sampled_from((BIRMINGHAM, DUDLEY)))
        facts = {"person_id": who, "authority_id": area, "set_on": on, "ended_on": ended}
        return [SafetyAreaRow(id=f"SA-{number}", reason=SafetyReason.THREAT, **facts)]
    if kind == "apart":
        two = st.sets(st.sampled_from(PEOPLE), min_size=2, max_size=2)
        # Nobody is kept apart from themselves: people who must be kept apart are not merged.
        pair = sorted(draw(two.filter(lambda ids: len({_root(merged, id) for id in ids}) == 2)))
        facts = {"person_id": pair[0], "other_id": pair[1], "set_on": on, "ended_on": ended}
        return [SeparationRow(id=f"SP-{number}", reason=SafetyReason.THREAT, **facts)]
    scope = draw(
        st.sampled_from(
            (
                {"service_id": "S-1"},
                {"service_id": "S-3"},
                {"provider_id": "V-2"},
                {"authority_id": BIRMINGHAM},
            )
        )
    )
    until = on + timedelta(days=draw(st.integers(1, 5)))
    facts = {"person_id": who, "from_day": on, "until": until, "review_on": on, "lifted_on": ended}
    return [ExclusionRow(id=f"X-{number}", reason=ExclusionReason.ARSON, **scope, **facts)]


def placed(work, rows, merged, restricted, granted):
    """Put a world on the ground, unseen by anybody who counts events; nothing of it is ever committed."""
    people = [work.get(PersonRow, id) for id in PEOPLE]
    for each in people:
        each.merged_into, each.restricted = merged[each.id], each.id in restricted
    until = NOW + timedelta(days=1)
    grants = [
        GrantRow(id=f"G-{id}", person_id=id, holder=OFFICER.id, why="x", granted_at=NOW, until=until)
        for id in sorted(granted)
    ]
    work.session.add_all([*rows, *grants])
    work.account([*rows, *grants, *people])


def read_slowly(work, day):
    """For each place that stands, by id, every rule that forbids it: each place against each rule."""
    people = {each.id: each.merged_into for each in work.where(PersonRow)}
    services = {
        "S-1": ("V-1", BIRMINGHAM),
        "S-2": ("V-2", BIRMINGHAM),
        "S-3": ("V-2", DUDLEY),
    }
    offers = [each for each in work.where(OfferRow) if each.status in HOLDING]
    homes = [each for each in work.where(PlacementRow) if each.status is PlacementStatus.LIVING]
    found = {}
    for place in (*offers, *homes):
        on = max(place.from_day, day)
        provider_id, authority_id = services[place.service_id]
        me = _root(people, place.person_id)
        rules = {
            each.id
            for each in work.where(SafetyAreaRow)
            if _root(people, each.person_id) == me
            and each.authority_id == authority_id
            and _counts(each.set_on, each.ended_on, on)
        }
        rules |= {
            each.id
            for each in work.where(ExclusionRow)
            if _root(people, each.person_id) == me
            and (
                each.service_id == place.service_id
                or each.provider_id == provider_id
                or each.authority_id == authority_id
            )
            and _counts(each.from_day, each.until, on)
            and (each.lifted_on is None or on < each.lifted_on)
        }
        for each in work.where(SeparationRow):
            pair = [_root(people, each.person_id), _root(people, each.other_id)]
            if me not in pair or not _counts(each.set_on, each.ended_on, on):
                continue
            pair.remove(me)
            for other in (*offers, *homes):
                if other.service_id == place.service_id and _root(people, other.person_id) == pair[0]:
                    rules.add(each.id)
        if rules:
            found[place.id] = rules
    return found


def opened(work, person_id):
    """Whether the officer may open somebody: every restricted id of theirs has a grant."""
    people = {each.id: each for each in work.where(PersonRow)}
    merged = {id: each.merged_into for id, each in people.items()}
    granted = {each.person_id for each in work.where(GrantRow)}
    same = [id for id in people if _root(merged, id) == _root(merged, person_id)]
    return all(id in granted for id in same if people[id].restricted)


def _root(people, id):
    return id if people[id] is None else _root(people, people[id])


def _counts(since, until, on):
    return since <= on and (until is None or on < until)
