"""A run is started: over which places, for whom, on which day, and how much may be changed to find them."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.access.permissions import Permission
from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_code
from api.pages.attempts import Field, faults_by_field
from api.pages.page_door import PageDoor, sees
from api.pages.posted import Posted
from api.report.names import TIERS, Names
from api.rest.values import ID_PATTERN
from gateway.agreements.limit_words import clause_of
from gateway.agreements.quotas import Limit, limits_on
from gateway.agreements.standing import terms_in_force
from gateway.allocation_runs import queued
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import EmergencyRow
from gateway.directory.naming import (
    Convertible,
    authorities_named,
    convertible,
    lots_used,
    services_named,
)
from gateway.local_day import local_day
from gateway.refusals import Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

RunnerDoor = Annotated[PageDoor, sees(Permission.RUN)]

QUOTAS = 150
"""So many quotas are shown to choose from; of more only those that were chosen on the page of a run."""

CONVERSIONS = 100
"""So many conversions that providers would agree to are told."""

FIELDS = {
    **dict.fromkeys(("as_of", "day-day"), Field("day-day", "the day")),
    **dict.fromkeys(("max_moves", "moves"), Field("moves", "how many people may be moved")),
    **dict.fromkeys(
        ("max_conversions", "conversions"), Field("conversions", "how many units may be converted")
    ),
}
"""What a rule or the form calls a field, and the field on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartForm:
    """The form: what can be chosen, with what was sent if it was wrong.

    emergency
        Its id and title, if the run is part of one.
    """

    emergency: str
    title: str
    tiers: list[Choice]
    lots: list[Choice]
    authorities: list[Choice]
    conversions: list[tuple[str, str]]
    convertible: str
    more_conversions: str
    quotas: list[Choice]
    more_quotas: str
    lifting: bool
    sent: Mapping[str, str]


@router.get("/runs/new")
def show_form(
    door: RunnerDoor,
    emergency: Annotated[str | None, Query(pattern=ID_PATTERN)] = None,
    lift: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """The form; ``emergency`` is the one that the run is part of, ``lift`` a quota to leave out."""
    today = local_day(door.at)
    sent = {"day-day": f"{today.day}", "day-month": f"{today.month}", "day-year": f"{today.year}"}
    return _form(door, {}, sent | {"emergency": emergency or ""}, lifted={lift} if lift else set())


@router.post("/runs/new")
def start(door: RunnerDoor) -> Response:
    """Queue it; its page tells how far it is."""

    def deed(work: Work) -> str:
        scope = _scope(door)
        emergency = door.form.text("emergency")
        task = queued.queue_run(scope, emergency_id=emergency, by=door.visitor.actor, at=door.at, work=work)
        return f"/runs/{json.loads(task.asked)['run']}"

    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return _form(door, faults_by_field(refused.faults, FIELDS), dict(door.form.fields))
    door.wake()
    return door.go(there, said="The run is started.")


def _scope(door: PageDoor) -> Scope:
    form = door.form
    faults: list[tuple[str, str]] = []
    read = {name: _read(form, name, faults) for name in ("moves", "conversions")}
    try:
        day = form.day("day")
    except Invalid as refused:
        day, faults = None, [*refused.faults, *faults]
    if day is None and not any(field.startswith("day-") for field, _ in faults):
        day = local_day(door.at)
    if faults or day is None:
        raise Invalid(faults)
    return Scope(
        as_of=day,
        tiers=frozenset(form.every("tiers")),
        lots=frozenset(form.every("lots")),
        authorities=frozenset(form.every("authorities")),
        max_moves=read["moves"],
        max_conversions=read["conversions"],
        lifted=frozenset(form.every("lifted")),
    )


def _read(form: Posted, name: str, faults: list[tuple[str, str]]) -> int | None:
    try:
        return form.whole(name)
    except Invalid as refused:
        faults += refused.faults
        return None


def _form(
    door: PageDoor, faults: Mapping[str, str], sent: Mapping[str, str], lifted: AbstractSet[str] = frozenset()
) -> Response:
    chosen = {name: set(door.form.every(name)) for name in ("tiers", "lots", "authorities", "lifted")}

    def question(work: Work) -> StartForm:
        title = _title(work, sent.get("emergency", ""))
        allowed = convertible(work)
        quotas, more = _quotas(work, local_day(door.at), chosen["lifted"] | lifted)
        return StartForm(
            emergency=sent.get("emergency", ""),
            title=title,
            tiers=_choices(TIERS, chosen["tiers"]),
            lots=_choices({code: spoken_code(code) for code in lots_used(work)}, chosen["lots"]),
            authorities=_choices(authorities_named(work), chosen["authorities"]),
            conversions=[(each.service, _conversion(each)) for each in allowed[:CONVERSIONS]],
            convertible=counted(sum(each.max_units for each in allowed), "unit"),
            more_conversions=_more(len(allowed) - CONVERSIONS, "more service"),
            quotas=quotas,
            more_quotas=_more(more, "quota"),
            lifting=any(each.chosen for each in quotas),
            sent=sent,
        )

    view = door.read(question)
    return door.show("runs/new.html", title="Start a run", view=view, faults=faults, back="/runs")


def _more(number: int, thing: str) -> str:
    return counted(number, thing) if number > 0 else ""


def _quotas(work: Work, day: date, chosen: AbstractSet[str]) -> tuple[list[Choice], int]:
    """Today's quotas to choose from, and how many more there are, which are too many to be listed."""
    terms = terms_in_force(work, day)
    if terms <= QUOTAS:
        return _in_words(work, limits_on(work, day), chosen), 0
    of_chosen = limits_on(work, day, among={id for id, _ in filter(None, map(clause_of, chosen))})
    found = [each for each in of_chosen if each.quota.id in chosen]
    return _in_words(work, found, chosen), terms - len(found)


def _in_words(work: Work, limits: Sequence[Limit], chosen: AbstractSet[str]) -> list[Choice]:
    """Those that are chosen, then those of one service together."""
    services = services_named(work, {id for each in limits for id in each.quota.services or ()})
    names = Names(
        services={id: each.name for id, each in services.items()}, authorities=authorities_named(work)
    )
    told = [(names.quota(each.quota), each) for each in limits]
    return [
        Choice(
            value=each.quota.id,
            text=f"{words}: at most {counted(each.quota.max_units or 0, 'unit')}",
            chosen=each.quota.id in chosen,
        )
        for words, each in sorted(
            told, key=lambda pair: (pair[1].quota.id not in chosen, pair[0], pair[1].quota.id)
        )
        if each.quota.max_units is not None
    ]


def _title(work: Work, emergency: str) -> str:
    if not emergency:
        return ""
    try:
        return work.get(EmergencyRow, emergency).title
    except NotFound:
        raise NotFound("emergency", emergency) from None


def _choices(words: Mapping[str, str], chosen: set[str]) -> list[Choice]:
    return [Choice(value=code, text=text, chosen=code in chosen) for code, text in words.items()]


def _conversion(each: Convertible) -> str:
    source, target = spoken_code(each.source).lower(), spoken_code(each.target).lower()
    return f"up to {counted(each.max_units, 'unit')} for {source} could be for {target}"
