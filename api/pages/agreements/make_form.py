"""The form of a new agreement: what can be chosen, what was sent, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pydantic import ValidationError

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_code, spoken_day
from api.pages.agreements.checking import Checked
from api.pages.agreements.views import KINDS, Names
from api.pages.posted import Posted
from api.rest.agreements import AgreementMade
from gateway.agreements.tables import AgreementKind
from gateway.directory.finding import ServiceThere
from gateway.refusals import Invalid, Refusal, refuse

KIND_HINTS: Final[Mapping[AgreementKind, str]] = {
    AgreementKind.JOINT_PURCHASE: "Its parties buy a service together, each some of the units",
    AgreementKind.ACCESS: "Others may use some of the units that each authority buys for itself",
}

FIELDS: Final[Mapping[str, str]] = {
    "lead_id": "lead",
    "parties": "party",
    "services": "service",
    "term": "last-day",
    "from_day": "from-day",
    "until": "last-day",
}
"""The id on the page of what a rule calls otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeForm:
    """The form.

    more
        That there are more services than are shown.
    """

    sent: Mapping[str, str]
    kinds: Sequence[Choice]
    leads: Sequence[Choice]
    parties: Sequence[Choice]
    services: Sequence[Choice]
    more: str


def make_form(
    sent: Posted, authorities: Mapping[str, str], found: Sequence[ServiceThere], *, most: int
) -> MakeForm:
    """The form with what was sent; services chosen before stand first."""
    parties, services, lead = sent.every("party"), sent.every("service"), sent.one("lead")
    shown = found[: len(set(services)) + most]
    return MakeForm(
        sent=dict(sent.fields),
        kinds=[
            Choice(value=each.value, text=words, hint=KIND_HINTS[each], chosen=each.value == sent.one("kind"))
            for each, words in KINDS.items()
        ],
        leads=[
            Choice(value="", text="Choose an authority"),
            *(Choice(value=id, text=name, chosen=id == lead) for id, name in authorities.items()),
        ],
        parties=[Choice(value=id, text=name, chosen=id in parties) for id, name in authorities.items()],
        services=[_service(each, chosen=each.id in services) for each in shown],
        more=f"Only {most} are shown: look for the others by name." if len(found) > len(shown) else "",
    )


def _service(service: ServiceThere, *, chosen: bool) -> Choice:
    hint = f"{service.provider}, {spoken_code(service.tier).lower()} support"
    return Choice(value=service.id, text=service.name, hint=hint, chosen=chosen)


def agreement_sent(sent: Posted) -> AgreementMade:
    """The agreement as it was sent, held to the same rules as over REST.

    Raises
    ------
    Invalid
        Naming the fields by their ids on the page.
    """
    faults = [
        (field, what)
        for field, what in (
            ("name", "enter what it is called"),
            ("kind", "choose what kind of agreement it is"),
            ("lead", "choose who leads it"),
            ("party", "choose who enters it"),
        )
        if not sent.one(field)
    ]
    first, last = _day(sent, "from", "first", faults), _day(sent, "last", "last", faults)
    if first and last and last < first:
        faults.append(("last-day", "the last day must not be before the first"))
    if not sent.one("service"):
        faults.append(("service", "choose the services it is about"))
    refuse(faults)
    asked = {
        "name": sent.one("name"),
        "kind": sent.one("kind"),
        "lead_id": sent.one("lead"),
        "parties": list(dict.fromkeys(sent.every("party"))),
        "services": list(dict.fromkeys(sent.every("service"))),
        "from_day": str(first),
        "until": str(last + timedelta(days=1)) if last else "",
    }
    try:
        return AgreementMade.model_validate(asked)
    except ValidationError as error:
        raise Invalid(_misfits(error)) from None


def _day(sent: Posted, name: str, called: str, faults: list[tuple[str, str]]) -> date | None:
    try:
        day = sent.day(name)
    except Invalid as refused:
        faults += [(field, f"the {called} day {what}") for field, what in refused.faults]
        return None
    if day is None:
        faults.append((f"{name}-day", f"enter its {called} day"))
    return day


def _misfits(error: ValidationError) -> Iterator[tuple[str, str]]:
    for each in error.errors():
        field = str(each["loc"][0])
        too_long = each["type"] in ("string_too_long", "too_long")
        yield FIELDS.get(field, field), "is too long" if too_long else "choose among those that are shown"


def make_faults(refused: Refusal, names: Names) -> Mapping[str, str]:
    """What is wrong by the ids of the fields, the first fault of each."""
    told: dict[str, str] = {}
    if not isinstance(refused, Invalid):
        return {"service": names.spoken(str(refused))}
    for where, what in refused.faults:
        field = where.partition("[")[0]
        sentence = names.spoken(_called(field, what))
        told.setdefault(FIELDS.get(field, field), f"{sentence[:1].upper()}{sentence[1:]}")
    return told


def _called(field: str, what: str) -> str:
    if field == "lead_id":
        return "who leads an agreement is a party to it: choose it among those who enter, too"
    if field == "parties" and what.startswith("must be"):
        return f"the parties {what}"
    return f"the name {what}" if field == "name" and what.startswith(("must", "is")) else what


def agreement_checked(sent: AgreementMade, names: Names) -> Checked:
    """The agreement to be checked before it is made."""
    return Checked(
        caption="Make an agreement",
        title="Check your answers",
        rows=[
            ("Name", [sent.name]),
            ("Kind", [KINDS[sent.kind]]),
            ("Led by", [names.authority(sent.lead_id)]),
            ("Parties", [names.authority(each) for each in sent.parties]),
            ("Services", [names.service(each) for each in sent.services]),
            ("First day", [spoken_day(sent.from_day)]),
            ("Last day", [spoken_day(sent.until - timedelta(days=1))]),
        ],
        warning=(
            "An agreement that is made is never changed or removed. It can be ended, parties can enter and "
            "leave, and its schedules say what is bought and who may use it."
        ),
        button="Make the agreement",
    )
