"""The form of the next schedule: rows of purchases and of clauses, as they were sent or as they stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from api.design_system.rendering import Choice
from api.pages.agreements.views import GROUPS, Names
from api.pages.posted import Posted
from api.rest.schedules import ScheduleAppended
from gateway.agreements.reading import WholeAgreement
from gateway.agreements.tables import AgreementKind
from gateway.refusals import Invalid

MORE_ROWS = 3
"""Empty rows under those that are filled."""

MOST_ROWS = 200

PURCHASE = ("service_id", "authority_id", "units", "price")
CLAUSE = ("clause", "group", "authority_id", "service_id", "max_units", "max_unit_weeks")

CALLED: Mapping[str, str] = {
    "service_id": "choose a service of the agreement",
    "authority_id": "choose an authority",
    "units": "enter how many units, such as 12",
    "price": "enter pounds a unit and year, such as 18200.00",
    "clause": "enter the number of the clause in the paper",
    "group": "choose whom the clause is about",
    "max_units": "enter how many units at once, such as 2, or nothing",
    "max_unit_weeks": "enter how many unit weeks a year, such as 104, or nothing",
}
"""What is to be done where a field does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """A row of fields: what stands in each, and the choices of those that have them."""

    number: int
    at: int
    values: Mapping[str, str]
    choices: Mapping[str, Sequence[Choice]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleForm:
    """The form."""

    number: int
    buys: bool
    purchases: Sequence[FormRow]
    clauses: Sequence[FormRow]


def schedule_form(whole: WholeAgreement, names: Names, sent: Posted) -> ScheduleForm:
    """The form with what was sent; before that, with what the last schedule says."""
    rows = _sent_rows(sent) if sent.fields else _standing_rows(whole)
    services = {id: names.service(id) for id in whole.services}
    parties = {each.authority_id: names.authority(each.authority_id) for each in whole.parties}
    empty: list[Mapping[str, str]] = [{}] * MORE_ROWS
    return ScheduleForm(
        number=(whole.schedules[-1].row.number if whole.schedules else 0) + 1,
        buys=whole.row.kind is AgreementKind.JOINT_PURCHASE,
        purchases=[
            FormRow(
                number=at + 1,
                at=at,
                values=values,
                choices={
                    "service_id": _choices(services, values.get("service_id"), "Choose"),
                    "authority_id": _choices(parties, values.get("authority_id"), "Choose"),
                },
            )
            for at, values in enumerate([*rows["purchase"], *empty])
        ],
        clauses=[
            FormRow(
                number=at + 1,
                at=at,
                values=values,
                choices={
                    "group": _choices(
                        {each.value: words for each, words in GROUPS.items()}, values.get("group"), "Choose"
                    ),
                    "authority_id": _choices(names.authorities, values.get("authority_id"), "None"),
                    "service_id": _choices(services, values.get("service_id"), "All services together"),
                },
            )
            for at, values in enumerate([*rows["clause"], *empty])
        ],
    )


def schedule_sent(sent: Posted, number: int) -> ScheduleAppended:
    """The schedule as it was sent, held to the same rules as over REST; rows that are empty are no rows.

    Raises
    ------
    Invalid
        Naming the fields by their ids on the page.
    """
    day = sent.day("from")
    if day is None:
        raise Invalid([("from_day", "enter the day from which it holds")])
    rows = _sent_rows(sent)
    asked: dict[str, Any] = {
        "number": number,
        "from_day": day.isoformat(),
        "purchases": [_purchase(each) for each in rows["purchase"]],
        "clauses": [_clause(each) for each in rows["clause"]],
    }
    try:
        return ScheduleAppended.model_validate(asked)
    except ValidationError as error:
        raise Invalid(_faults(error)) from None


def field_id(where: str) -> str:
    """The id of a field of which a rule says ``purchases[0].price``."""
    row, _, field = where.partition(".")
    kind, _, at = row.partition("[")
    if not at:
        return {"from_day": "from-day", "purchases": "purchase-0-service_id"}.get(where, "clause-0-clause")
    first = {"purchases": "service_id", "clauses": "clause"}
    return f"{kind.removesuffix('s')}-{at.removesuffix(']')}-{field or first[kind]}"


def _faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    for each in error.errors():
        place = each["loc"]
        if len(place) >= 3:
            field = str(place[2])
            yield f"{place[0]}[{place[1]}].{field}", CALLED.get(field, "does not hold")
        else:
            yield str(place[0]), "has too many rows"


def _sent_rows(sent: Posted) -> Mapping[str, list[Mapping[str, str]]]:
    """The rows that are not empty, in their order."""
    fields = dict(sent.fields)
    told: dict[str, list[Mapping[str, str]]] = {}
    for kind, names in (("purchase", PURCHASE), ("clause", CLAUSE)):
        rows = [
            {name: fields.get(f"{kind}-{at}-{name}", "").strip() for name in names} for at in range(MOST_ROWS)
        ]
        told[kind] = [row for row in rows if any(row.values())]
    return told


def _standing_rows(whole: WholeAgreement) -> Mapping[str, list[Mapping[str, str]]]:
    if not whole.schedules:
        return {"purchase": [], "clause": []}
    last = whole.schedules[-1]
    return {
        "purchase": [
            {
                "service_id": each.service_id,
                "authority_id": each.authority_id,
                "units": str(each.units),
                "price": f"{each.price:.2f}",
            }
            for each in last.purchases
        ],
        "clause": [
            {
                "clause": each.clause,
                "group": each.group.value,
                "authority_id": each.authority_id or "",
                "service_id": each.service_id or "",
                "max_units": "" if each.max_units is None else str(each.max_units),
                "max_unit_weeks": "" if each.max_unit_weeks is None else f"{each.max_unit_weeks:f}",
            }
            for each in last.clauses
        ],
    }


def _purchase(row: Mapping[str, str]) -> dict[str, Any]:
    return {**row, "units": _whole(row["units"]), "price": row["price"].replace(",", "").removeprefix("£")}


def _clause(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "clause": row["clause"],
        "group": row["group"],
        "authority_id": row["authority_id"] or None,
        "service_id": row["service_id"] or None,
        "max_units": _whole(row["max_units"]) if row["max_units"] else None,
        "max_unit_weeks": row["max_unit_weeks"].replace(",", "") or None,
    }


def _whole(text: str) -> int | str:
    plain = text.replace(",", "")
    return int(plain) if plain.isdecimal() and len(plain) < 10 else text or "none"


def _choices(names: Mapping[str, str], chosen: str | None, nothing: str) -> list[Choice]:
    return [
        Choice(value="", text=nothing),
        *(Choice(value=id, text=name, chosen=id == chosen) for id, name in names.items()),
    ]
