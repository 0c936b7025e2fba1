"""Entering, leaving and ending an agreement in words: the form, its check, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_day
from api.pages.agreements.checking import Checked
from api.pages.agreements.ledger_views import last_day
from api.pages.agreements.views import Names
from api.pages.page_door import by_field
from api.pages.posted import Posted
from gateway.agreements.join import NOTICE_MONTHS, AlreadyParty, NotUnanimous, months_after
from gateway.agreements.limit_words import listed
from gateway.agreements.reading import WholeAgreement
from gateway.agreements.standing import term_of
from gateway.refusals import Invalid, Refusal

NOTICE: Final = "Three" if NOTICE_MONTHS == 3 else str(NOTICE_MONTHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An agreement as it stands, and what everything in it is called."""

    whole: WholeAgreement
    names: Names
    today: date

    def last_day(self) -> str:
        """The last day on which it stands."""
        return last_day(term_of(self.whole.row).until)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeForm:
    """The form: a day, and for who enters also the authority and who has agreed.

    seen
        The version of the agreement, where it is that which changes.
    """

    caption: str
    title: str
    text: str
    day: str
    hint: str
    authorities: Sequence[Choice]
    agreed: Sequence[Choice]
    sent: Mapping[str, str]
    seen: int | None


def join_form(stands: Standing, sent: Posted) -> ChangeForm:
    """Who enters: an authority that never has, from a day on, with the agreement of all."""
    entered = {each.authority_id: each for each in stands.whole.parties}
    chosen, agreed = sent.one("authority"), sent.every("agreed")
    others = {id: name for id, name in stands.names.authorities.items() if id not in entered}
    return ChangeForm(
        caption=stands.whole.row.name,
        title="Add a party",
        text="Whoever has left an agreement enters again by a new one only, and is not shown here.",
        day="Its first day as a party",
        hint="For example 1 4 2027",
        authorities=[
            Choice(value="", text="Choose an authority"),
            *(Choice(value=id, text=name, chosen=id == chosen) for id, name in others.items()),
        ],
        agreed=[
            Choice(
                value=id,
                text=stands.names.authority(id),
                chosen=id in agreed,
                hint="" if each.left_on is None else f"Outside from {spoken_day(each.left_on)} on",
            )
            for id, each in entered.items()
        ],
        sent=dict(sent.fields),
        seen=None,
    )


def leave_form(stands: Standing, authority_id: str, sent: Posted) -> ChangeForm:
    """From which day on a party is outside."""
    earliest = spoken_day(months_after(stands.today, NOTICE_MONTHS))
    return ChangeForm(
        caption=stands.whole.row.name,
        title=f"{stands.names.authority(authority_id)} leaves",
        text=(
            "Notice is given today. Units that it has bought must go to others first, by a schedule that "
            "holds from that day or before."
        ),
        day="The first day on which it is outside",
        hint=f"{NOTICE} months from today or later: {earliest} at the earliest",
        authorities=(),
        agreed=(),
        sent=dict(sent.fields),
        seen=None,
    )


def end_form(stands: Standing, sent: Posted) -> ChangeForm:
    """The first day without it."""
    return ChangeForm(
        caption=stands.whole.row.name,
        title="End this agreement early",
        text=f"It stands to {stands.last_day()}. From the day on which it ends nothing that it says holds.",
        day="The first day without it",
        hint="The day before is its last",
        authorities=(),
        agreed=(),
        sent=dict(sent.fields),
        seen=sent.seen() or stands.whole.row.version,
    )


def join_checked(stands: Standing, authority_id: str, day: date, agreed: Sequence[str]) -> Checked:
    """Who enters, to be checked."""
    return Checked(
        caption=stands.whole.row.name,
        title="Check before you add this party",
        rows=[
            ("Who enters", [stands.names.authority(authority_id)]),
            ("Its first day as a party", [spoken_day(day)]),
            ("Who has agreed", [stands.names.authority(each) for each in agreed]),
        ],
        warning=(
            f"This cannot be undone: it takes {NOTICE.lower()} months to leave. Who has agreed is kept."
        ),
        button="Add this party",
    )


def leave_checked(stands: Standing, authority_id: str, day: date) -> Checked:
    """Who leaves, to be checked."""
    return Checked(
        caption=stands.whole.row.name,
        title="Check before you note that it leaves",
        rows=[
            ("Who leaves", [stands.names.authority(authority_id)]),
            ("Its last day as a party", [last_day(day)]),
            ("First day outside", [spoken_day(day)]),
        ],
        warning="This cannot be undone: who has left enters again by a new agreement only.",
        button="Note that it leaves",
        takes_away=True,
    )


def end_checked(stands: Standing, day: date) -> Checked:
    """The end, to be checked."""
    gone = day - timedelta(days=1)
    told = f"After {spoken_day(gone)}" if gone >= stands.today else "At once, and for days that are over,"
    return Checked(
        caption=stands.whole.row.name,
        title="Check before you end this agreement",
        rows=[
            ("Its last day", [last_day(day)]),
            ("First day without it", [spoken_day(day)]),
            ("It would have stood to", [stands.last_day()]),
        ],
        warning=(
            f"This cannot be undone. {told} none of its limits and shares holds. People who live in its "
            "services stay."
        ),
        button="End this agreement",
        takes_away=True,
    )


def change_faults(refused: Refusal, stands: Standing) -> Mapping[str, str]:
    """What is wrong by the ids of the fields, in the names of authorities and services."""
    if isinstance(refused, Invalid):
        return by_field(refused, {})
    if isinstance(refused, NotUnanimous):
        missing = listed((stands.names.authority(each) for each in refused.missing), "and")
        verb = "has" if len(refused.missing) == 1 else "have"
        return {"agreed": f"Every party must have agreed: {missing} {verb} not"}
    field = "authority" if isinstance(refused, AlreadyParty) else "on-day"
    id, name = stands.whole.row.id, stands.whole.row.name.replace("\\", "\\\\")
    return {field: stands.names.spoken(re.sub(rf"[Aa]greement {re.escape(id)}\b", f"“{name}”", str(refused)))}
