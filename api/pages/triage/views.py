"""The queue in words, and the choices by which it is narrowed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_day
from api.pages.referral.words import STATUSES, UNKNOWN, named, turn_of
from gateway.referrals.states import ReferralStatus
from gateway.referrals.triage_list import TURN, Cursor, Page, TriageLine, Turn

_S = ReferralStatus

NEVER_CHOSEN: Final = frozenset({_S.DRAFT})
"""What a referrer has not sent yet is none of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    statuses: tuple[ReferralStatus, ...] = ()
    bands: tuple[int, ...] = ()
    authorities: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    unscored: bool = False
    answered: bool = False

    def href(self, after: Cursor | None = None) -> str:
        """The address of a page of this choice."""
        fields = [
            *(("status", each.value) for each in self.statuses),
            *(("band", str(each)) for each in self.bands),
            *(("authority", each) for each in self.authorities),
            *(("agency", each) for each in self.agencies),
            *((("unscored", "yes"),) if self.unscored else ()),
            *((("answered", "yes"),) if self.answered else ()),
            *((("after", after.text()),) if after else ()),
        ]
        return f"/triage?{urlencode(fields)}" if fields else "/triage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What things are called: authorities and agencies by id, bands by number."""

    authorities: Mapping[str, str]
    agencies: Mapping[str, str]
    bands: Mapping[int, str]
    openable: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One referral in the queue.

    pressing
        What makes it urgent, in words.
    """

    id: str
    name: str
    href: str
    band: str
    status: str
    colour: str
    turn: str
    pressing: Sequence[str]
    waiting: str
    agency: str
    authority: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A choice that is made often."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One page of the queue."""

    lines: Sequence[QueueLine]
    shortcuts: Sequence[Shortcut]
    narrowed: str
    statuses: Sequence[Choice]
    bands: Sequence[Choice]
    authorities: Sequence[Choice]
    agencies: Sequence[Choice]
    unscored: bool
    answered: bool
    is_first: bool
    first: str
    next: str | None


def queue(page: Page, asked: Asked, known: Known, today: date, *, is_first: bool) -> Queue:
    """A page of the queue as it is shown."""
    return Queue(
        lines=[_line(each, known, today) for each in page.lines],
        shortcuts=list(_shortcuts(asked)),
        narrowed=", ".join(_narrowed(asked, known)),
        statuses=[
            Choice(value=each.value, text=words, chosen=each in asked.statuses)
            for each, (words, _) in STATUSES.items()
            if each not in NEVER_CHOSEN
        ],
        bands=[
            Choice(value=str(number), text=f"Band {number}", hint=label, chosen=number in asked.bands)
            for number, label in known.bands.items()
        ],
        authorities=_options(known.authorities, asked.authorities, "Every authority"),
        agencies=_options(known.agencies, asked.agencies, "Every agency"),
        unscored=asked.unscored,
        answered=asked.answered,
        is_first=is_first,
        first=asked.href(),
        next=None if page.after is None else asked.href(page.after),
    )


def _options(names: Mapping[str, str], chosen: Sequence[str], everything: str) -> list[Choice]:
    return [
        Choice(value="", text=everything),
        *(Choice(value=id, text=name, chosen=id in chosen) for id, name in names.items()),
    ]


def _shortcuts(asked: Asked) -> Iterator[Shortcut]:
    ours = tuple(each for each in (_S.SUBMITTED, _S.IN_TRIAGE, _S.WAITING) if TURN[each] is Turn.GATEWAY)
    for text, statuses, unscored in (
        ("Everybody who looks for a place", (), False),
        ("Our turn", ours, False),
        ("New", (_S.SUBMITTED,), False),
        ("Not scored yet", (), True),
        ("The referrer's turn", (_S.MORE_ASKED,), False),
        ("The provider's turn", (_S.OFFERED,), False),
        ("Resting", (_S.PARKED,), False),
    ):
        wanted = replace(asked, statuses=statuses, unscored=unscored, answered=False)
        yield Shortcut(text, wanted.href(), wanted == asked)


def _narrowed(asked: Asked, known: Known) -> Iterator[str]:
    yield from (STATUSES[each][0] for each in asked.statuses)
    yield from (f"band {each}" for each in asked.bands)
    yield from (known.authorities.get(each, each) for each in asked.authorities)
    yield from (known.agencies.get(each, each) for each in asked.agencies)
    if asked.unscored:
        yield "not scored yet"
    if asked.answered:
        yield "all questions answered"


def _line(line: TriageLine, known: Known, today: date) -> QueueLine:
    words, colour = STATUSES[line.status]
    closed = line.restricted and line.person_id not in known.openable
    return QueueLine(
        id=line.id,
        name=named(line.name, restricted=line.restricted),
        href=f"/people/{line.person_id}/break-glass" if closed else f"/referrals/{line.id}",
        band=_band(line),
        status=words,
        colour=colour,
        turn=turn_of(line.status),
        pressing=list(_pressing(line, today)),
        waiting=_waiting(line.waiting_days(today)),
        agency=known.agencies.get(line.agency_id, line.agency_id),
        authority=UNKNOWN
        if line.authority_id is None
        else known.authorities.get(line.authority_id, line.authority_id),
    )


def _band(line: TriageLine) -> str:
    if line.band is None:
        return "Not scored"
    return f"Band {line.band}" if line.scored else f"Band {line.band} until scored"


def _waiting(days: int | None) -> str:
    return UNKNOWN if days is None else counted(days, "day")


def _pressing(line: TriageLine, today: date) -> Iterator[str]:
    if line.immediate_safety:
        yield "In danger where they are"
    if line.sleeping_rough:
        yield "Sleeping rough"
    if line.must_leave:
        yield "Must leave where they live"
    for day, what in ((line.duty_date, "Duty falls due"), (line.discharge_date, "Discharge")):
        if day is not None:
            yield f"{what} {spoken_day(day)}{' (passed)' if day < today else ''}"
    if line.units > 1:
        yield f"Needs {line.units} units"
