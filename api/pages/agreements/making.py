"""An agreement is made: who leads it and who enters it, over which services, for how long."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.pages.agreements.checking import PRESS, done_after_check
from api.pages.agreements.make_form import (
    MakeForm,
    agreement_checked,
    agreement_sent,
    make_faults,
    make_form,
)
from api.pages.agreements.views import Names
from api.pages.page_door import PageDoor, sees
from gateway.agreements.make import make_agreement
from gateway.directory.finding import services_found
from gateway.directory.naming import authorities_named, services_named
from gateway.refusals import Refusal
from gateway.stay import Stay
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeepingDoor = Annotated[PageDoor, sees(Permission.KEEP_AGREEMENTS)]

MOST_SERVICES: Final = 100
"""Services to choose from at once; more are looked for by name."""


@router.get("/agreements/new")
def ask_agreement(door: KeepingDoor) -> Response:
    """What the agreement is, empty."""
    return _page(door, {})


@router.post("/agreements/new")
def make(door: KeepingDoor) -> Response:
    """Look for services, check what was answered, or make it: nothing is kept before the last press."""
    if door.form.one(PRESS) == "find":
        return _page(door, {})

    def deed(work: Work) -> str:
        sent = agreement_sent(door.form)
        row = make_agreement(
            sent.name,
            kind=sent.kind,
            lead_id=sent.lead_id,
            parties=sent.parties,
            services=sent.services,
            term=Stay(sent.from_day, sent.until),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return f"/agreements/{row.id}"

    def faults_of(refused: Refusal) -> Mapping[str, str]:
        names = door.read(lambda work: _names(work, door))
        return make_faults(refused, names)

    came = done_after_check(
        door,
        deed,
        form=lambda faults: _page(door, faults),
        check=lambda: agreement_checked(
            agreement_sent(door.form), door.read(lambda work: _names(work, door))
        ),
        faults_of=faults_of,
    )
    if isinstance(came, str):
        return door.go(came, said="The agreement is made. Append its first schedule: it says nothing yet.")
    return came


def _names(work: Work, door: PageDoor) -> Names:
    services = services_named(work, door.form.every("service"))
    return Names(authorities_named(work), {id: each.name for id, each in services.items()})


def _page(door: PageDoor, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> MakeForm:
        chosen = tuple(dict.fromkeys(door.form.every("service")))
        found = services_found(
            work, door.form.one("find")[:100], chosen=chosen, most=MOST_SERVICES, direct_access=False
        )
        return make_form(door.form, authorities_named(work), found, most=MOST_SERVICES)

    view = door.read(question)
    return door.show(
        "agreements/make.html", title="Make an agreement", view=view, faults=faults, back="/agreements"
    )
