"""Random small directories, and a slow, obvious reading of them, day by day."""

from datetime import date, timedelta

from hypothesis import strategies as st

from gateway.directory.tables import (
    DesignationRow,
    ServiceRow,
    Tier,
    UnitGender,
    UnitKind,
    UnitRow,
    VoidReason,
    VoidRow,
    VoidState,
)
from gateway.placements.tables import HoldKind, HoldRow
from tests.gateway.ground import BIRMINGHAM, DUDLEY, NOW

DAY = date(2026, 3, 2)
SPAN = 24
days = st.integers(-4, SPAN).map(lambda at: DAY + timedelta(days=at))
lengths = st.integers(1, 8)


def stays(*, open_ended=True):
    """From a day, for some days, or without an end."""
    ends = st.one_of(st.none(), lengths) if open_ended else lengths
    return st.tuples(days, ends).map(lambda pair: (pair[0], _end(*pair)))


def _end(start, length):
    return None if length is None else start + timedelta(days=length)


@st.composite
def worlds(draw):
    """Rows of two services with up to three units each."""
    rows = []
    for number, authority in ((1, BIRMINGHAM), (2, DUDLEY)):
        opens_on, closes_on = draw(stays())
        rows.append(
            ServiceRow(
                id=f"S-{number}",
                provider_id="V-1",
                authority_id=authority,
                name=f"Service {number}",
                tier=draw(st.sampled_from(Tier)),
                lot="complex-needs",
                opens_on=opens_on - timedelta(days=draw(st.sampled_from([0, 30]))),
                closes_on=closes_on,
            )
        )
        for at in range(draw(st.integers(0, 3))):
            rows.extend(draw(_unit(f"U-{number}-{at}", f"S-{number}")))
    return rows


@st.composite
def _unit(draw, id, service):
    opens_on, closes_on = draw(stays())
    row = UnitRow(
        id=id,
        service_id=service,
        name=id,
        pool=draw(st.sampled_from(["a", "b"])),
        kind=UnitKind.BEDSPACE,
        opens_on=opens_on - timedelta(days=draw(st.sampled_from([0, 30]))),
        closes_on=closes_on,
    )
    return [row, *draw(_designations(id)), *draw(_voids(id)), *draw(_holds(id, service))]


@st.composite
def _designations(draw, unit):
    return [
        DesignationRow(
            id=f"D-{unit}-{at}",
            unit_id=unit,
            gender=draw(st.sampled_from(UnitGender)),
            from_day=draw(days) - timedelta(days=draw(st.sampled_from([0, 30]))),
            reason="drawn",
            set_at=NOW + timedelta(minutes=draw(st.integers(0, 2))),
        )
        for at in range(draw(st.integers(0, 3)))
    ]


@st.composite
def _voids(draw, unit):
    rows = []
    for at in range(draw(st.integers(0, 2))):
        for revision in range(1, draw(st.integers(1, 3)) + 1):
            from_day, until = draw(stays())
            rows.append(
                VoidRow(
                    void=f"W-{unit}-{at}",
                    revision=revision,
                    unit_id=unit,
                    state=draw(st.sampled_from(VoidState)),
                    reason=draw(st.sampled_from(VoidReason)),
                    from_day=from_day,
                    until=until,
                    cancelled=draw(st.booleans()) and draw(st.booleans()),
                    noted_at=NOW,
                )
            )
    return rows


@st.composite
def _holds(draw, unit, service):
    """Those that stand follow each other; cancelled ones lie anywhere."""
    rows, start = [], draw(days) - timedelta(days=draw(st.sampled_from([0, 20])))
    for at in range(draw(st.integers(0, 3))):
        until = _end(start, draw(lengths))
        if draw(st.integers(0, 5)) == 0:
            until = None
        rows.append(_hold(draw, f"H-{unit}-{at}", unit, service, start, until, cancelled=False))
        if until is None:
            break
        start = until + timedelta(days=draw(st.integers(0, 4)))
    if draw(st.booleans()):
        rows.append(_hold(draw, f"H-{unit}-x", unit, service, *draw(stays()), cancelled=True))
    return rows


def _hold(draw, id, unit, service, from_day, until, *, cancelled):
    kind = draw(st.sampled_from(HoldKind))
    return HoldRow(
        id=id,
        unit_id=unit,
        service_id=service,
        person_id="P-1",
        referral_id="R-1",
        kind=kind,
        placement_id="L-1" if kind is HoldKind.LIVING else None,
        from_day=from_day,
        until=until,
        cancelled=cancelled,
    )


def _covers(row, day, end="until"):
    return row.from_day <= day and (getattr(row, end) is None or day < getattr(row, end))


def reading(rows, unit, day):
    """A unit on one day, read from the rows with nothing but loops: state, gender, hold, void, reason."""
    service = next(row for row in rows if isinstance(row, ServiceRow) and row.id == unit.service_id)
    hold = None
    for row in rows:
        if isinstance(row, HoldRow) and row.unit_id == unit.id and not row.cancelled and _covers(row, day):
            hold = row
    voids = [row for row in rows if isinstance(row, VoidRow) and row.unit_id == unit.id]
    standing = []
    for row in voids:
        newest = max(other.revision for other in voids if other.void == row.void)
        if row.revision == newest and not row.cancelled and _covers(row, day):
            standing.append(row)
    standing.sort(key=lambda row: (row.state is VoidState.BEING_PREPARED, row.from_day, row.void))
    void = standing[0] if standing else None
    return (
        _state(unit, service, hold, void, day),
        _gender(rows, unit, day),
        hold.id if hold else None,
        void.void if void else None,
        void.reason if void else None,
    )


def _state(unit, service, hold, void, day):
    if any(row.closes_on is not None and day >= row.closes_on for row in (unit, service)):
        return "closed"
    if day < unit.opens_on or day < service.opens_on:
        return "not_yet_open"
    if hold is not None:
        return "occupied" if hold.kind is HoldKind.LIVING else "offered"
    return void.state.value if void is not None else "free"


def _gender(rows, unit, day):
    mine = [row for row in rows if isinstance(row, DesignationRow) and row.unit_id == unit.id]
    if not mine:
        return UnitGender.ANY
    begun = [row for row in mine if row.from_day <= day]
    if not begun:
        first = min(row.from_day for row in mine)
        begun = [row for row in mine if row.from_day == first]
    return max(begun, key=lambda row: (row.from_day, row.set_at, row.id)).gender
