"""Somebody is barred: from one service, from all of a provider, or from all in an authority."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.design_system.spoken import spoken_code
from api.pages.attempts import Field
from api.pages.my_referrals.case import ground_of
from api.pages.my_referrals.kinds import Box
from api.pages.page_door import PageDoor, sees
from api.pages.people.deed import (
    PersonForm,
    Sent,
    box,
    choice,
    counts_from,
    day_box,
    done,
    person_named,
    shown,
)
from api.rest.values import IdInPath
from gateway.directory.tables import ProviderRow
from gateway.local_day import local_day
from gateway.people.exclude import impose_exclusion
from gateway.people.exclusions import ExclusionTerms
from gateway.people.tables import ExclusionReason
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeeperDoor = Annotated[PageDoor, sees(Permission.KEEP_PEOPLE)]

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "service_id": "From one service",
        "provider_id": "Or from every service of a provider",
        "authority_id": "Or from every service in an authority",
    }
)
FIELDS: Final = {
    "from_day": Field("from_day-day", "the first day"),
    "until": Field("until-day", "the end"),
    "review_on": Field("review_on-day", "the day of the review"),
    "detail": Field("detail", "what the other reason is"),
}

LISTED: Final = 300
"""Of so many services one is chosen from a list; of more, one is named."""

Names = Mapping[str, Mapping[str, str]]
"""What may bar somebody, by the field of its kind: names by ids."""


@router.get("/people/{person_id}/exclusions/new")
def ask_exclusion(person_id: IdInPath, door: KeeperDoor) -> Response:
    """From where, why, until when, and when somebody must ask whether it is still right."""
    return _page(door, person_id, {})


@router.post("/people/{person_id}/exclusions/new")
def impose(person_id: IdInPath, door: KeeperDoor) -> Response:
    """While it is in force no run and no offer places them there."""

    def deed(work: Work) -> str:
        person_in_reach(work, door.visitor, person_id)
        terms = _terms(door, person_id, _names(work, door))
        impose_exclusion(terms, by=door.visitor.actor, at=door.at, work=work)
        return f"/people/{person_id}"

    again = partial(_page, door, person_id)
    said = counts_from(
        door,
        "from_day",
        "The exclusion is recorded. Somebody is asked to review it on its day.",
        "until that day they can still be placed there.",
    )
    return done(door, deed, FIELDS, at="service_id", again=again, said=said)


def _terms(door: PageDoor, person_id: str, names: Names) -> ExclusionTerms:
    sent = Sent(door.form)
    chosen = {field: _chosen(door.form.text(field), names[field]) for field in SCOPES}
    given = [field for field, id in chosen.items() if id]
    if len(given) != 1 or chosen[given[0]] not in names[given[0]]:
        sent.fault("service_id", "choose exactly one that there is: a service, a provider or an authority")
    reason = sent.code("reason", ExclusionReason, "choose why")
    first, end = sent.day("from_day"), sent.day("until", "enter the day on which they are free again")
    review = sent.day("review_on", "enter the day of the review")
    sent.refuse()
    return ExclusionTerms(
        person_id=person_id,
        reason=reason,
        detail=door.form.text("detail"),
        from_day=first,
        until=end,
        review_on=review,
        service_id=chosen["service_id"],
        provider_id=chosen["provider_id"],
        authority_id=chosen["authority_id"],
    )


def _chosen(said: str | None, names: Mapping[str, str]) -> str | None:
    """What was chosen by its id, or named as nothing else is; or else what was said, which is nobody's id."""
    if said is None or said in names:
        return said
    called = [id for id, name in names.items() if name.casefold() == said.casefold()]
    return called[0] if len(called) == 1 else said


def _names(work: Work, door: PageDoor) -> Names:
    ground = ground_of(work, door.visitor, local_day(door.at))
    providers = select(ProviderRow.id, ProviderRow.name).order_by(ProviderRow.name, ProviderRow.id)
    return {
        "service_id": ground.services,
        "provider_id": dict(work.session.execute(providers).all()),
        "authority_id": ground.authorities,
    }


def _scope(door: PageDoor, field: str, label: str, names: Mapping[str, str]) -> Box:
    if len(names) > LISTED:
        return box(door, "line", field, label, "Its whole name, or its reference, such as S-7K3F92QDXM")
    return choice(door, field, label, names, look="select", nothing="None")


def _page(door: PageDoor, person_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> tuple[str, Names]:
        return person_named(work, door, person_id)[1], _names(work, door)

    name, names = door.looks(question)
    reasons = {code.value: spoken_code(code) for code in ExclusionReason}
    form = PersonForm(
        name=name,
        href=f"/people/{person_id}",
        title="Exclude them",
        lead=(
            "While it is in force no run and no offer places them there. Choose the narrowest that helps.",
        ),
        boxes=[
            *(_scope(door, field, label, names[field]) for field, label in SCOPES.items()),
            choice(door, "reason", "Why?", reasons),
            box(door, "text", "detail", "More about it", "Needed if it is another reason", narrow=3),
            day_box(door, "from_day", "From when on?"),
            box(door, "day", "until", "Until when?", "On this day they are free again"),
            box(
                door,
                "day",
                "review_on",
                "When must somebody ask whether it is still right?",
                "Before it ends",
            ),
        ],
        button="Exclude them",
        abuse=False,
    )
    return shown(door, form, faults)
