"""A form's deed tried: what came of it, or what is wrong at which field, in sentences for a person."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from api.design_system.spoken import days_spoken
from api.pages.page_door import PageDoor
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid
from gateway.storage.work import Work

T = TypeVar("T")

_BOX: Final = re.compile(r"-(day|month|year)\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """The id of a field on the page, and what a sentence calls it: ``the day they moved in``."""

    id: str
    called: str


def tried(
    door: PageDoor, deed: Callable[[Work], T], fields: Mapping[str, Field], *, at: str
) -> tuple[T | None, dict[str, str]]:
    """Do something and keep it; what came of it, or (with nothing kept) what is wrong by the field's id.

    Parameters
    ----------
    fields
        By what a rule calls them.
    at
        The id to which it leads if something other than a field stands in the way.

    Raises
    ------
    ChangedMeanwhile
        If somebody else was first.
    """
    return _come_of(lambda: door.does(deed), fields, at)


def tried_once(
    door: PageDoor,
    deed: Callable[[Work], T],
    fields: Mapping[str, Field],
    *,
    at: str,
    there: Callable[[Any], str],
) -> tuple[T | None, dict[str, str]]:
    """The same, once for each form that was shown; ``there``: the path to go to, by what came of it.

    Raises
    ------
    ChangedMeanwhile
        If somebody else was first.
    SentBefore
        If it was done when the same form was sent before.
    """
    return _come_of(lambda: door.does_once(deed, there), fields, at)


def _come_of(do: Callable[[], T], fields: Mapping[str, Field], at: str) -> tuple[T | None, dict[str, str]]:
    try:
        return do(), {}
    except Invalid as refused:
        return None, faults_by_field(refused.faults, fields)
    except ChangedMeanwhile:
        raise
    except Conflict as refused:
        return None, {at: days_spoken(str(refused))}


def faults_by_field(faults: Iterable[tuple[str, str]], fields: Mapping[str, Field]) -> dict[str, str]:
    """What is wrong by the id of the form's field, the first fault of each, as sentences.

    A box of a day is called what the whole day is called.
    """
    told: dict[str, str] = {}
    days = {each.id.removesuffix("-day"): each.called for each in fields.values() if each.id.endswith("-day")}
    for name, what in faults:
        field = fields.get(name)
        if field is None and (whole := days.get(_BOX.sub("", name))) is not None:
            field = Field(name, whole)
        told.setdefault(name if field is None else field.id, _sentence(field, what))
    return told


def _sentence(field: Field | None, what: str) -> str:
    if field is not None and what.startswith("is empty"):
        return f"Enter {field.called}"
    whole = what
    if field is not None and what.startswith(("is ", "must ", "has ", "are ", "cannot ")):
        whole = f"{field.called} {what.replace(', must ', ', but must ', 1)}"
    return days_spoken(f"{whole[:1].upper()}{whole[1:]}")
