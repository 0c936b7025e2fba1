"""A form about one person: whom it is about, what it asks, what of it can be read, and its deed done once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from fastapi import Response

from api.access.reach import person_in_reach
from api.design_system.rendering import Choice
from api.design_system.spoken import days_spoken, spoken_day
from api.pages.attempts import Field, faults_by_field
from api.pages.my_referrals.kinds import Box, Drawn, day_sent
from api.pages.page_door import PageDoor
from api.pages.people.views import identity_of
from api.pages.posted import Posted
from api.pages.search.views import name_of
from gateway.local_day import local_day
from gateway.people.looking import NAME_READ, look_at
from gateway.people.tables import PersonRow
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, refuse
from gateway.storage.work import Work

Code = TypeVar("Code", bound=StrEnum)

NO_WORDS: Final[Mapping[type[Conflict], str]] = MappingProxyType({})

_NO_DAY: Final = date(1900, 1, 1)
"""Stands for a day that could not be read, until `Sent.refuse` says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForm:
    """The page of a form.

    name, href
        Of the person, and of the page of everything about them.
    seen
        The version of the person that was seen, for a deed that changes them; others are done once.
    groups
        Boxes under legends.
    about
        What somebody else is called whom it is about too.
    warning
        What cannot be undone by a press.
    abuse
        Whether it may tell of abuse, so that one may have to leave it at once.
    forbidden, instead
        Why nothing is asked, and where to go: the words and the address of each link.
    """

    name: str
    href: str
    title: str
    about: str = ""
    lead: Sequence[str] = ()
    boxes: Sequence[Box] = ()
    groups: Sequence[Drawn] = ()
    button: str
    warning: str = ""
    abuse: bool = True
    seen: int | None = None
    forbidden: str = ""
    instead: Sequence[tuple[str, str]] = ()


def person_named(work: Work, door: PageDoor, person_id: str) -> tuple[PersonRow, str]:
    """The person and what they are called, for a page that says so; that it was read is recorded.

    Raises
    ------
    NotFound
        If there is none that the visitor may open.
    PersonErased
        If nothing is kept of them any more.
    """
    row = person_in_reach(work, door.visitor, person_id)
    look_at(row.id, NAME_READ, by=door.visitor.actor, at=door.at, work=work)
    return row, name_of(identity_of(row))


def shown(door: PageDoor, form: PersonForm, faults: Mapping[str, str]) -> Response:
    """The page, with what is wrong."""
    return door.show(
        "people/deed.html",
        title=form.title,
        view=form,
        faults=faults,
        back=form.href,
        exit_this_page=form.abuse,
        action=door.request.url.path,
    )


def done(
    door: PageDoor,
    deed: Callable[[Work], str],
    fields: Mapping[str, Field],
    *,
    at: str,
    again: Callable[[Mapping[str, str]], Response],
    said: str,
    words: Mapping[type[Conflict], str] = NO_WORDS,
) -> Response:
    """Do something and go to the page whose path it gives; or the form again.

    Parameters
    ----------
    fields
        By what a rule calls them.
    at
        The id to which it leads if something other than a field stands in the way.
    again
        The form with what is wrong.
    words
        What is said of a refusal, where its own sentence speaks of ids.

    Raises
    ------
    ChangedMeanwhile
        If somebody else was first.
    """
    try:
        there = door.does_once(deed)
    except Invalid as refused:
        return again(faults_by_field(refused.faults, fields))
    except ChangedMeanwhile:
        raise
    except Conflict as refused:
        return again({at: words.get(type(refused)) or days_spoken(str(refused))})
    return door.go(there, said=said)


class Sent:
    """Reads what was posted, and keeps all that is missing or cannot be read until it is refused."""

    def __init__(self, form: Posted) -> None:
        self._form, self._faults = form, list[tuple[str, str]]()

    def day(self, name: str, missing: str = "enter the day") -> date:
        """A day in three boxes."""
        try:
            found = self._form.day(name)
        except Invalid as refused:
            self._faults.extend(refused.faults)
            return _NO_DAY
        if found is None:
            self._faults.append((f"{name}-day", missing))
        return found or _NO_DAY

    def words(self, name: str, missing: str) -> str:
        """Words that must be there."""
        if not self._form.one(name):
            self._faults.append((name, missing))
        return self._form.one(name)

    def code(self, name: str, codes: type[Code], missing: str) -> Code:
        """One of a list."""
        found = next((each for each in codes if each.value == self._form.one(name)), None)
        if found is None:
            self._faults.append((name, missing))
        return found or next(iter(codes))

    def fault(self, field: str, what: str) -> None:
        """Something else is wrong."""
        self._faults.append((field, what))

    def refuse(self) -> None:
        """Raise `Invalid` with all that was found, if anything was."""
        refuse(self._faults)


def day_box(door: PageDoor, name: str, label: str) -> Box:
    """A day in three boxes: today, unless another was typed."""
    sent = dict(door.form.fields) or dict(day_sent(name, local_day(door.at)))
    return Box(look="day", id=name, label=label, hint="Such as 27 3 2026", sent=sent)


STAYS: Final = "An offer made before and a home they have stay as they are: below stands which this forbids."
"""What a rule does not undo that is recorded now."""


def counts_from(door: PageDoor, name: str, now: str, later: str) -> str:
    """What is said of a rule that was recorded: ``now`` and what it does not undo, or that it counts later.

    Who typed a day to come, or the wrong year, must not believe that somebody is safe tonight.
    """
    try:
        day = door.form.day(name)
    except Invalid:
        return ""  # it is refused
    if day is None or day <= local_day(door.at):
        return f"{now} {STAYS}"
    return f"It counts from {spoken_day(day)} on and not before: {later}"


def box(door: PageDoor, look: str, name: str, label: str, hint: str = "", *, narrow: int = 0) -> Box:
    """A control with what was typed."""
    return Box(look=look, id=name, label=label, hint=hint, sent=dict(door.form.fields), narrow=narrow)


def choice(
    door: PageDoor,
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    look: str = "radios",
    nothing: str = "Choose one",
) -> Box:
    """One of several, with what was chosen; a ``select`` begins with nothing."""
    chosen = door.form.one(name)
    there = [("", nothing), *options.items()] if look == "select" else options.items()
    choices = [Choice(value=value, text=text, chosen=value == chosen) for value, text in there]
    return Box(look=look, id=name, label=label, choices=choices)
