"""From offer to departure in a large store: offers, holds, placements and the turnaround of units."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from gateway.records.actor import Actor, Role
from scenarios.bulk_deeds import Changes, Drawn
from scenarios.large_ground import PROVIDER, moment
from scenarios.large_referrals import Case, note, status
from scenarios.large_stays import Place, Spell

MATCHER: Final = Actor(id="officer-2", role=Role.OFFICER)
"""Who makes the offers."""

_OPEN_BEFORE: Final = 5
"""An offer is open from at most so many days before the day of moving in: fewer than a unit stands empty."""

_DESTINATIONS = ("private_rent", "social_rent", "family_settled", "supported", "unknown", "rough_sleeping")
_LEAVING = {
    "planned": ("moved_on", True),
    "abandoned": ("contact_lost", False),
    "evicted": ("other", False),
    "custody": ("in_custody", False),
}
"""Why the referral is closed and whether it was planned, by the reason of leaving (as ``depart`` has it)."""


def offer(case: Case, place: Place, from_day: date, *, at: datetime) -> tuple[Drawn, Drawn]:
    """A place is offered and held from a day on; the offer and its hold."""
    made = case.deeds.keep(
        "offers",
        id=case.deeds.new_id("O"),
        referral_id=case.id,
        person_id=case.person.id,
        service_id=place.service,
        status="made",
        from_day=from_day,
        made_at=at,
        answer_by=at + timedelta(days=3),
    )
    hold = _hold(case, place, kind="offer", from_day=from_day, offer_id=made.values["id"])
    case.done(
        "offer made", made, hold, by=MATCHER, at=at, becomes=status("offered", at), about=_of(made, place)
    )
    return made, hold


def _hold(case: Case, place: Place, **facts: Any) -> Drawn:  # noqa: ANN401  whatever a column holds
    return case.deeds.keep(
        "holds",
        id=case.deeds.new_id("H"),
        unit_id=place.unit,
        service_id=place.service,
        person_id=case.person.id,
        referral_id=case.id,
        authority_id=case.row.values["authority_id"],
        cancelled=False,
        **facts,
    )


def _of(row: Drawn, place: Place) -> tuple[str, str]:
    return str(row.values["id"]), place.unit


def refuse(case: Case, place: Place, *, at: datetime) -> None:
    """A place is offered and refused; they stand on the list where they stood."""
    made, hold = offer(case, place, at.date() + timedelta(days=2), at=at)
    at += timedelta(days=1)
    side, reason = case.rng.choice((("provider", "risk_not_manageable"), ("person", "area_unwanted")))
    answer = {"status": "refused", "answered_at": at, "side": side, "reason": reason}
    review = {"review": "confirmed" if side == "provider" else None}
    changed: Changes = [(made, answer | review), (hold, {"cancelled": True})]
    becomes = status("waiting", at)
    case.done("offer refused", by=PROVIDER, at=at, becomes=becomes, changed=changed, about=_of(made, place))


def live(case: Case, spell: Spell) -> None:
    """Somebody is offered a place, accepts, moves in on the first day of the spell, and may leave."""
    day, place = spell.from_day, spell.place
    open_from = day - timedelta(days=case.rng.randrange(_OPEN_BEFORE + 1))
    at = max(case.later(minutes=30), moment(open_from - timedelta(days=1), 10))
    made, hold = offer(case, place, open_from, at=at)
    case.done(
        "offer accepted",
        by=PROVIDER,
        at=case.later(minutes=90),
        changed=[(made, {"status": "accepted", "answered_at": case.later(minutes=90)})],
        about=_of(made, place),
    )
    placement, lived = _move_in(case, spell, made, hold)
    if case.rng.random() < 0.5:
        note(case, at=case.later(days=10))
    if spell.until is not None:
        _leave(case, spell.until, place, placement, lived)


def _move_in(case: Case, spell: Spell, made: Drawn, hold: Drawn) -> tuple[Drawn, Drawn]:
    day, place = spell.from_day, spell.place
    at = max(case.later(minutes=1), moment(day, 12, case.rng.randrange(60)))
    placement = case.deeds.keep(
        "placements",
        id=case.deeds.new_id("L"),
        referral_id=case.id,
        person_id=case.person.id,
        service_id=place.service,
        offer_id=made.values["id"],
        authority_id=case.row.values["authority_id"],
        status="living",
        from_day=day,
        review_on=day + timedelta(days=90),
    )
    offer_id, placement_id = made.values["id"], placement.values["id"]
    facts = {"offer_id": offer_id, "placement_id": placement_id, "kind": "living", "from_day": day}
    lived = _hold(case, place, **facts)
    ends = {"until": day} if day > hold.values["from_day"] else {"cancelled": True}
    changed = [(made, {"status": "taken_up"}), (hold, ends)]
    becomes = status("placed", at) | {"current_service_id": place.service}
    about = (*_of(made, place), str(placement_id))
    case.done("moved in", placement, lived, at=at, by=PROVIDER, becomes=becomes, changed=changed, about=about)
    return placement, lived


def _leave(case: Case, day: date, place: Place, placement: Drawn, lived: Drawn) -> None:
    at, rng = moment(day, 15, case.rng.randrange(60)), case.rng
    reason = rng.choices(list(_LEAVING), (55, 20, 15, 10))[0]
    ends, planned = _LEAVING[reason]
    left = {
        "status": "left",
        "until": day,
        "departure_reason": reason,
        "destination": rng.choice(_DESTINATIONS),
        "planned": planned,
    }
    becomes = status("closed", at, reason=ends) | {"current_service_id": None}
    changed: Changes = [(placement, left), (lived, {"until": day})]
    case.done("left", at=at, by=PROVIDER, becomes=becomes, changed=changed, about=_of(placement, place))
    void = case.deeds.keep(
        "voids",
        void=case.deeds.new_id("W"),
        revision=1,
        unit_id=place.unit,
        state="being_prepared",
        reason="turnaround",
        from_day=day,
        until=day + timedelta(days=rng.randrange(2, 6)),
        cancelled=False,
        noted_at=at,
    )
    about = (place.unit, str(void.values["void"]))
    case.deeds.deed("unit being prepared", void, by=PROVIDER, at=at, about=about)
