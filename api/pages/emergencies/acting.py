"""What is done in an emergency: places are looked for, offers made, people added; it is ended."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.design_system.rendering import Choice
from api.design_system.spoken import counted
from api.pages.attempts import Field, faults_by_field
from api.pages.emergencies.acting_views import (
    ANSWERED_WITHIN,
    TIERS,
    OffersSeen,
    end_seen,
    lines_without_offer,
    offers_seen,
)
from api.pages.emergencies.facts import emergency_facts
from api.pages.page_door import PageDoor, sees
from api.pages.posted import boxes
from api.pages.runs.making import without_offer
from api.rest.values import IdInPath
from gateway.allocation_runs import run_lists
from gateway.allocation_runs.emergencies import add_affected, board, end_emergency
from gateway.allocation_runs.queued import queue_offers, queue_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import EmergencyRow, RunStatus
from gateway.local_day import local_day
from gateway.refusals import Conflict, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ManagerDoor = Annotated[PageDoor, sees(Permission.DECLARE_EMERGENCIES)]
RunnerDoor = Annotated[PageDoor, sees(Permission.RUN)]
DeciderDoor = Annotated[PageDoor, sees(Permission.DECIDE)]

FIELDS: Final = {
    **dict.fromkeys(("as_of", "as-of-day"), Field("as-of-day", "the day")),
    **dict.fromkeys(("max_moves", "moves"), Field("moves", "how many people may be moved")),
    **dict.fromkeys(
        ("max_conversions", "conversions"), Field("conversions", "how many units may be re-designated")
    ),
}

MOVES: Final = "20"
CONVERSIONS: Final = "9"
"""What the form proposes: so many as were allowed in the emergency that is kept in the tests; ours."""


@router.get("/emergencies/{emergency_id}/propose")
def show_propose(emergency_id: IdInPath, door: RunnerDoor) -> Response:
    """Step 3: how much may be changed to find places."""
    day = boxes("as-of", local_day(door.at))
    return _propose(door, emergency_id, {**day, "moves": MOVES, "conversions": CONVERSIONS}, {})


@router.post("/emergencies/{emergency_id}/propose")
def propose(emergency_id: IdInPath, door: RunnerDoor) -> Response:
    """A run is queued; the board shows how far it is."""

    def deed(work: Work) -> str:
        _must_go_on(work, emergency_id)
        scope = Scope(
            as_of=door.form.day("as-of") or local_day(door.at),
            tiers=frozenset(door.form.every("tier")),
            max_moves=door.form.whole("moves"),
            max_conversions=door.form.whole("conversions"),
        )
        queue_run(scope, emergency_id=emergency_id, by=door.visitor.actor, at=door.at, work=work)
        return f"/emergencies/{emergency_id}"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _propose(door, emergency_id, dict(door.form.fields), faults_by_field(refused.faults, FIELDS))
    except Conflict as refused:
        return _propose(door, emergency_id, dict(door.form.fields), {"find": str(refused)})
    door.wake()
    return door.go(there, said="Places are being looked for. This page shows how far it is.")


def _propose(
    door: PageDoor, emergency_id: str, sent: Mapping[str, str], faults: Mapping[str, str]
) -> Response:
    row, runs = door.read(
        lambda work: (
            work.get(EmergencyRow, emergency_id),
            run_lists.runs(work, emergency_id=emergency_id, limit=1),
        )
    )
    chosen = door.form.every("tier")
    return door.show(
        "emergencies/propose.html",
        title="Find places",
        view=row.title if runs else f"{row.title}: step 3 of 3",
        tiers=[Choice(value=value, text=text, chosen=value in chosen) for value, text in TIERS.items()],
        sent=sent,
        faults=faults,
        here=f"/emergencies/{emergency_id}",
        back=f"/emergencies/{emergency_id}",
    )


@router.get("/emergencies/{emergency_id}/offers")
def show_offers(emergency_id: IdInPath, door: DeciderDoor) -> Response:
    """How many offers are ready, until when they are to be answered, and what became of the last ones."""
    return _offers(door, emergency_id, {})


@router.post("/emergencies/{emergency_id}/offers")
def make_offers(emergency_id: IdInPath, door: DeciderDoor) -> Response:
    """Offers are queued for every decision of the last run."""
    within = door.form.one("within")
    if within not in ANSWERED_WITHIN:
        return _offers(door, emergency_id, {"within": "Choose until when they are to be answered"})
    hours = ANSWERED_WITHIN[within][1]
    answer_by = None if hours is None else door.at + timedelta(hours=hours)

    def deed(work: Work) -> None:
        facts = emergency_facts(work, emergency_id)
        if facts.run is None or facts.run.status is not RunStatus.PROPOSED:
            raise Conflict("There is no proposal from which offers could be made: find places first.")
        queue_offers(facts.run.id, answer_by=answer_by, by=door.visitor.actor, at=door.at, work=work)

    here = f"/emergencies/{emergency_id}"
    try:
        door.does_once(deed, lambda _: here)
    except Conflict as refused:
        return _offers(door, emergency_id, {"within": str(refused)})
    door.wake()
    return door.go(here, said="The offers are being made. This page shows how far it is.")


def _offers(door: PageDoor, emergency_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> OffersSeen:
        facts = emergency_facts(work, emergency_id)
        told = lines_without_offer(facts.offering)
        lines = without_offer(work, door, told) if told else ()
        return offers_seen(facts, lines, chosen=door.form.one("within"))

    view = door.read(question)
    return door.show(
        "emergencies/offers.html",
        title="Make the offers",
        view=view,
        faults=faults,
        back=f"/emergencies/{emergency_id}",
    )


@router.get("/emergencies/{emergency_id}/add")
def show_add(emergency_id: IdInPath, door: ManagerDoor) -> Response:
    """People who lose their place too, by the references of their referrals."""
    return _add(door, emergency_id, "", {})


@router.post("/emergencies/{emergency_id}/add")
def add(emergency_id: IdInPath, door: ManagerDoor) -> Response:
    """They must leave; those who are in the emergency already stay as they are."""
    sent = door.form.one("referrals")
    references = list(dict.fromkeys(sent.replace(",", " ").split()))

    def deed(work: Work) -> int:
        if not references:
            raise Invalid([("referrals", "enter at least one reference")])
        by, at = door.visitor.actor, door.at
        return len(add_affected(emergency_id, references, by=by, at=at, work=work))

    here = f"/emergencies/{emergency_id}"
    try:
        added = door.does_once(deed, lambda _: here)
    except Invalid as refused:
        return _add(
            door, emergency_id, sent, {"referrals": "; ".join(what for _, what in refused.faults[:10])}
        )
    except Conflict as refused:
        return _add(door, emergency_id, sent, {"referrals": str(refused)})
    return door.go(here, said=f"{counted(added, 'person', 'people')} added.")


def _add(door: PageDoor, emergency_id: str, sent: str, faults: Mapping[str, str]) -> Response:
    row = door.read(lambda work: work.get(EmergencyRow, emergency_id))
    return door.show(
        "emergencies/add.html",
        title="Add people",
        view=row.title,
        sent=sent,
        faults=faults,
        here=f"/emergencies/{emergency_id}",
        back=f"/emergencies/{emergency_id}",
    )


@router.get("/emergencies/{emergency_id}/end")
def show_end(emergency_id: IdInPath, door: ManagerDoor) -> Response:
    """Who has no place yet, and why it ends all the same."""
    return _end(door, emergency_id, {})


@router.post("/emergencies/{emergency_id}/end")
def end(emergency_id: IdInPath, door: ManagerDoor) -> Response:
    """While somebody has no place yet, only with a reason."""
    by, at = door.visitor.actor, door.at

    def deed(work: Work) -> str:
        end_emergency(emergency_id, why=door.form.text("why"), by=by, at=at, work=work)
        return f"/emergencies/{emergency_id}"

    try:
        there = door.does_once(deed)
    except Conflict as refused:
        ended = door.read(lambda work: work.get(EmergencyRow, emergency_id).ended_at)
        what = str(refused) if ended else "Enter why it ends while somebody has no place yet"
        return _end(door, emergency_id, {"why": what})
    return door.go(there, said="The emergency has ended.")


def _end(door: PageDoor, emergency_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> Response:
        row = work.get(EmergencyRow, emergency_id)
        view = end_seen(row, len(board(work, emergency_id).without_a_place), sent=door.form.one("why"))
        return door.show(
            "emergencies/end.html",
            title="End this emergency",
            view=view,
            faults=faults,
            back=f"/emergencies/{emergency_id}",
        )

    return door.read(question)


def _must_go_on(work: Work, emergency_id: str) -> None:
    if work.get(EmergencyRow, emergency_id).ended_at is not None:
        raise Conflict("The emergency has ended: no places are looked for any more.")
