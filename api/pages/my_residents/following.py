"""What a provider records of somebody who lives there: a review, ready to move on, left."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import placement_in_reach
from api.pages.attempts import Field, tried_once
from api.pages.my_residents.handlers import read_resident
from api.pages.my_residents.resident_words import DEPARTURES, DESTINATIONS
from api.pages.my_residents.views import (
    blocker_of,
    blockers,
    departures,
    destination_of,
    destinations,
    following,
    says_whether_planned,
)
from api.pages.page_door import PageDoor, sees
from api.pages.posted import Posted
from api.rest.values import IdInPath
from gateway.local_day import local_day
from gateway.placements.following_up import extend, not_ready_to_move_on, ready_to_move_on, set_review
from gateway.placements.leaving import depart
from gateway.placements.tables import DepartureReason, Destination, PlacementRow
from gateway.refusals import ChangedMeanwhile, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeepingDoor = Annotated[PageDoor, sees(Permission.KEEP_PLACEMENTS)]

REVIEWING = {
    "review_on": Field("review-day", "the day of the next review"),
    "why": Field("why", "why they stay on"),
}
READY = {"since": Field("since-day", "the day since when they are ready")}
NOT_READY = {"why": Field("why", "why they are not ready after all")}
LEAVING = {
    "on_day": Field("left-day", "the day they left"),
    "reason": Field("reason", "the reason"),
    "destination": Field("destination", "where they went"),
    "planned": Field("planned", "whether it was planned"),
    "prepared_until": Field("prepared-day", "the day from which the unit is free"),
    "still_needs_a_place": Field("still", "that they still need a place"),
}


@router.get("/my-residents/{placement_id}/review")
def ask_review(placement_id: IdInPath, door: KeepingDoor) -> Response:
    """When to look again; after a review, why they stay on."""
    return _form(door, placement_id, "review", {})


@router.post("/my-residents/{placement_id}/review")
def review(placement_id: IdInPath, door: KeepingDoor) -> Response:
    """A review is planned, moved, or held and the stay goes on."""

    def deed(work: Work) -> PlacementRow:
        told: Mapping[str, Any] = _told(door)
        stands = placement_in_reach(work, door.visitor, placement_id).review_on
        day, held = door.form.day("review"), door.form.answer("held")
        if stands is not None and held is None:
            raise Invalid([("held", "say whether the review was held")])
        if not held:
            return set_review(placement_id, day, **told, work=work)
        if day is None:
            raise Invalid([("review_on", "is empty")])
        return extend(placement_id, day, why=door.form.one("why"), **told, work=work)

    return _done(door, placement_id, deed, REVIEWING, form="review", said="The review is noted.")


@router.get("/my-residents/{placement_id}/ready")
def ask_ready(placement_id: IdInPath, door: KeepingDoor) -> Response:
    """Since when they no longer need the place, and what keeps them."""
    return _form(door, placement_id, "ready", {})


@router.post("/my-residents/{placement_id}/ready")
def ready(placement_id: IdInPath, door: KeepingDoor) -> Response:
    """Told again, it corrects the day or what keeps them."""

    def deed(work: Work) -> PlacementRow:
        placement_in_reach(work, door.visitor, placement_id)
        since = door.form.day("since") or local_day(door.at)
        blocked_by = blocker_of(door.form.one("blocked"))
        told: Mapping[str, Any] = _told(door)
        return ready_to_move_on(placement_id, since, blocked_by=blocked_by, **told, work=work)

    return _done(door, placement_id, deed, READY, form="ready", said="Noted: ready to move on.")


@router.get("/my-residents/{placement_id}/not-ready")
def ask_not_ready(placement_id: IdInPath, door: KeepingDoor) -> Response:
    """Why they are not ready after all."""
    return _form(door, placement_id, "not_ready", {})


@router.post("/my-residents/{placement_id}/not-ready")
def not_ready(placement_id: IdInPath, door: KeepingDoor) -> Response:
    """It is taken back."""

    def deed(work: Work) -> PlacementRow:
        placement_in_reach(work, door.visitor, placement_id)
        told: Mapping[str, Any] = _told(door)
        return not_ready_to_move_on(placement_id, why=door.form.one("why"), **told, work=work)

    said = "Noted: not ready to move on."
    return _done(door, placement_id, deed, NOT_READY, form="not_ready", said=said)


@router.get("/my-residents/{placement_id}/left")
def ask_left(placement_id: IdInPath, door: KeepingDoor) -> Response:
    """When, why and whither they left."""
    return _form(door, placement_id, "left", {})


@router.post("/my-residents/{placement_id}/left")
def left(placement_id: IdInPath, door: KeepingDoor) -> Response:
    """The unit is free again, or prepared first; the referral ends, unless they still need a place."""

    def deed(work: Work) -> PlacementRow:
        placement_in_reach(work, door.visitor, placement_id)
        reason, destination = _why_and_whither(door)
        told: Mapping[str, Any] = _told(door)
        return depart(
            placement_id,
            door.form.day("left") or local_day(door.at),
            reason=reason,
            destination=destination,
            planned=None if says_whether_planned(reason) else door.form.answer("planned"),
            still_needs_a_place=door.form.answer("still") is True,
            prepared_until=door.form.day("prepared"),
            **told,
            work=work,
        )

    return _done(door, placement_id, deed, LEAVING, form="left", said="Noted: they have left.")


def _why_and_whither(door: PageDoor) -> tuple[DepartureReason, Destination]:
    sent, destination = door.form.one("reason"), destination_of(door.form.one("destination"))
    reason = DepartureReason(sent) if sent in set(DepartureReason) else None
    if reason is DepartureReason.DIED:
        destination = Destination.DIED
    wrong = [
        *([("reason", "choose why they left")] if reason is None else []),
        *([("destination", "choose where they went")] if destination is None else []),
    ]
    if reason is None or destination is None:
        raise Invalid(wrong)
    if destination is Destination.DIED and reason is not DepartureReason.DIED:
        raise Invalid([("destination", "choose where they went: the reason says that they live")])
    if not says_whether_planned(reason) and door.form.answer("planned") is None:
        raise Invalid([("planned", "say whether it was planned")])
    return reason, destination


def _told(door: PageDoor) -> dict[str, Any]:
    return {"seen": door.form.seen(), "by": door.visitor.actor, "at": door.at}


def _done(
    door: PageDoor,
    placement_id: str,
    deed: Callable[[Work], PlacementRow],
    fields: Mapping[str, Field],
    *,
    form: str,
    said: str,
) -> Response:
    here = f"/my-residents/{placement_id}"
    try:
        _, faults = tried_once(door, deed, fields, at="stands", there=lambda _: here)
    except ChangedMeanwhile:
        return _changed_meanwhile(door, placement_id, form)
    if faults:
        return _form(door, placement_id, form, faults)
    return door.go(here, said=said)


def _changed_meanwhile(door: PageDoor, placement_id: str, form: str) -> Response:
    def standing(work: Work) -> str:
        row = placement_in_reach(work, door.visitor, placement_id)
        today = local_day(door.at)
        return "They have left" if row.until else "; ".join(following(row, today)) or "Nothing is planned"

    stands = door.read(standing)
    rows = [("Their stay", stands, TITLES[form]), *_typed(door.form)]
    return door.both_versions(rows, again=f"/my-residents/{placement_id}")


def _typed(sent: Posted) -> Iterator[tuple[str, str, str]]:
    """What was sent with it, for whoever was second: nothing of it is lost."""
    for name, label in (("review", "Next review"), ("since", "Ready since"), ("left", "Left on")):
        boxes = " ".join(filter(None, (sent.one(f"{name}-{part}") for part in ("day", "month", "year"))))
        if boxes:
            yield label, "", boxes
    reason, whither = sent.one("reason"), destination_of(sent.one("destination"))
    if reason in set(DepartureReason):
        yield "Why they left", "", DEPARTURES[DepartureReason(reason)]
    if whither is not None:
        yield "Where they went", "", DESTINATIONS[whither]
    if sent.one("why"):
        yield "Your words", "", sent.one("why")


TITLES = {
    "review": "Review",
    "ready": "Ready to move on",
    "not_ready": "Not ready after all",
    "left": "They have left",
}


def _form(door: PageDoor, placement_id: str, form: str, faults: Mapping[str, str]) -> Response:
    view = door.looks(lambda work: read_resident(work, door, placement_id))
    sent = dict(door.form.fields) or dict(view.stands)
    return door.show(
        f"my_residents/{form}.html",
        title=TITLES[form],
        view=view,
        faults=faults,
        back=view.href,
        sent=sent,
        blockers=blockers(sent.get("blocked", "")),
        reasons=departures(sent.get("reason", "")),
        destinations=destinations(sent.get("destination", "")),
    )
