"""One line in words: the place or why there is none, what would help, other places, who is as near."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from allocation.plan import Reason, Unlock
from allocation.preference import lines
from allocation.problem import Quota
from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_code, spoken_moment
from api.pages.runs.reading_line import PLACES, REASONS, LineRead, quota_of
from api.pages.runs.words import LINE_STATES, LineSeen, line_seen, place_words, run_name, state_of
from api.report.explanation import Alternative
from api.report.names import FOR_WHOM, Names, pool_of
from api.report.units import Use
from api.report.unplaced import unlock_words
from gateway.agreements.limit_words import so_many, where, whom
from gateway.allocation_runs.states import NEXT_LINE
from gateway.allocation_runs.tables import DecisionRow, ProposalStatus, RunStatus

OTHERS = 10
"""Other places that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPlace:
    """Another place that suits: what it costs and why, and what is in the way."""

    service: str
    place: str
    cost: str
    way: str
    why: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSeen:
    """What somebody decided, and why."""

    what: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The page of one line.

    why
        Why this place, or what is in the way of one.
    helps
        Each of these changes alone would give them a place.
    unsuitable
        Which places do not suit, and why not.
    closer
        That it is decided by itself, and why; empty: it is not, or no longer.
    shown
        When the page was shown: from then on they look.
    """

    href: str
    run: str
    person: str
    referral: str
    referral_href: str
    state: str
    colour: str
    facts: Sequence[tuple[str, str]]
    placed: bool
    why: Sequence[str]
    helps: Sequence[str]
    helps_note: str
    others: Sequence[OtherPlace]
    more_others: str
    unsuitable: Sequence[tuple[str, str]]
    more_unsuitable: str
    near_tie: bool
    ties: Sequence[LineSeen]
    closer: str
    stale: str
    forbids: str
    decisions: Sequence[DecisionSeen]
    offer: str
    open: bool
    seen: int
    shown: str
    options: Sequence[Choice]
    change: bool
    places: Sequence[Choice]
    more_places: str
    sent: Mapping[str, str]


def state_words(status: ProposalStatus) -> str:
    """Where a line stands, in words."""
    return LINE_STATES[status][0]


def line_view(read: LineRead, sent: Mapping[str, str], at: datetime) -> Line:
    """The page, with what was sent if it was wrong."""
    line, called = read.line, read.called
    state, colour = state_of(line)
    is_open = read.run.status is RunStatus.PROPOSED and ProposalStatus.AGREED in NEXT_LINE[line.status]
    decision = sent.get("decision", "")
    helps, note = _helps(read)
    return Line(
        href=f"/runs/{line.run}/lines/{line.id}",
        run=run_name(read.run),
        person=called.person(line.person),
        referral=line.referral,
        referral_href=f"/referrals/{line.referral}",
        state=state,
        colour=colour,
        facts=_facts(read),
        placed=line.service is not None,
        why=_why(read),
        helps=helps,
        helps_note=note,
        others=[_other(read, each) for each in read.others[:OTHERS]],
        more_others=_more(len(read.others) - OTHERS),
        unsuitable=[
            (called.place(each.service), called.sentence(" ".join(each.why))) for each in read.unsuitable
        ],
        more_unsuitable=_more(read.more_unsuitable),
        near_tie=line.near_tie,
        ties=[line_seen(each, called) for each in read.ties],
        closer=_closer(read) if line.singly and is_open else "",
        stale=called.sentence(line.stale_because or ""),
        forbids="" if read.forbids is None else called.sentence(str(read.forbids)),
        decisions=[_decision(read, each) for each in read.decisions],
        offer="" if read.offer is None else f"/offers/{read.offer}",
        open=is_open,
        seen=line.version,
        shown=sent.get("shown") or at.isoformat(),
        options=_options(read, decision, change=bool(read.others)),
        change=bool(read.others),
        places=_places(read, sent.get("service", "")),
        more_places=_more(len(read.open) - PLACES),
        sent=sent,
    )


def _closer(read: LineRead) -> str:
    why = [*read.look, *(["somebody else is as near"] if read.line.near_tie else [])]
    told = f": {', '.join(why)}" if why else ""
    return f"Needs a closer look{told}. It is decided by itself, not with its band."


def _more(places: int) -> str:
    """How many places there are besides those that are shown."""
    return counted(places, "more place") if places > 0 else ""


def _facts(read: LineRead) -> list[tuple[str, str]]:
    line, called = read.line, read.called
    facts = [("Band", f"{line.band}"), ("Proposed", place_words(line, called))]
    if line.chosen_service and line.service:
        facts[1:] = [
            ("Proposed", called.place(line.service)),
            ("Changed to", called.place(line.chosen_service)),
        ]
    facts.append(("Lives now", "No place now" if read.home is None else called.place(read.home)))
    if line.units:
        facts.append(("Set aside for them", ", ".join(map(called.unit, line.units))))
    if line.cost is not None:
        facts.append(("Cost", f"{counted(line.cost, 'point')} (the fewer, the better it fits)"))
    if line.step is not None:
        facts.append(("Order of moves", f"Step {line.step + 1}"))
    return facts


def _why(read: LineRead) -> list[str]:
    if read.here is not None:
        return [read.called.sentence(each) for each in read.here.why]
    told = list(dict.fromkeys(_reason(read, each) for each in read.reasons[:REASONS]))
    more = len(read.reasons) - REASONS
    return [*told, f"And {counted(more, 'more reason')} like these."] if more > 0 else told


def _reason(read: LineRead, reason: Reason) -> str:
    """One reason; a quota is told by whom it is about, not by its number."""
    if reason.quota is None:
        return read.called.sentence(reason.text)
    quota = quota_of(read.problem, reason.quota)
    told = too_little_left(quota, read.units.quotas[quota.id], read.person.units)
    return f"{read.called.sentence(told)}{read.called.clause(quota.id)}."


def too_little_left(quota: Quota, use: Use, needed: int) -> str:
    """Why a quota gives somebody no place, with ids: none is agreed, all are used, or too few are left."""
    people, there = whom(quota), where(quota)
    told = f"{people[:1].upper()}{people[1:]} get no"
    if not use.most:
        return f"{told} place {there}: none is agreed"
    if use.left:
        used = so_many(use.used, f"of {use.most} used")
        return f"{told}t enough {there}: {used}, and this household needs {needed}"
    return f"{told} more {there}: {so_many(use.used, 'used')}, all that is agreed"


def _names(read: LineRead) -> Names:
    """Ids of services are made into names by `Called.sentence` afterwards."""
    return Names(authorities=read.called.authorities)


def _helps(read: LineRead) -> tuple[list[str], str]:
    unplaced = read.unplaced
    if unplaced is None:
        return [], ""
    told = list(dict.fromkeys(_help(read, each) for each in unplaced.unlocks))
    if not unplaced.unlocks_complete:
        return told, "There may be other such changes: not every one could be tried."
    return told, "" if told else "No single change would give them a place."


def _help(read: LineRead, unlock: Unlock) -> str:
    """One change; a quota is told by whom it is about, not by its number."""
    if unlock.quota is None:
        return read.called.sentence(unlock_words(read.problem, unlock, _names(read)))
    quota = quota_of(read.problem, unlock.quota)
    words = read.called.sentence(f"{whom(quota)} {where(quota)}")
    more = counted(unlock.units, "more place")
    return f"{more} allowed by an agreement for {words}{read.called.clause(quota.id)}"


def _other(read: LineRead, pools: Sequence[Alternative]) -> OtherPlace:
    best = min(pools, key=lambda each: (each.state != "free", each.cost))
    way = _way(best.state) if best.state == "free" or len(pools) == 1 else _ways(read, pools)
    if best.state != "free" and best.unfit:
        way = f"{way.removesuffix('.')}. {', '.join(best.unfit)}."
    return OtherPlace(
        service=best.service,
        place=read.called.place(best.service),
        cost=counted(best.cost, "point"),
        way=way,
        why=_against(read, best.service),
    )


def _ways(read: LineRead, pools: Sequence[Alternative]) -> str:
    told = (
        f"{FOR_WHOM[pool_of(read.problem, each.service, each.pool).gender]}: {_way(each.state).lower()}"
        for each in pools
    )
    sentence = ". ".join(f"{each[:1].upper()}{each[1:]}" for each in told)
    return f"{sentence}."


def _against(read: LineRead, service: str) -> list[str]:
    """What makes a place cost something; the sentences of no weight are left out."""
    if read.problem.options is not None:
        return []
    there = read.problem.services[read.problem.service_at[service]]
    told = [each for each in lines(read.person, there) if each.points]
    return [f"{read.called.sentence(each.sentence)} ({counted(each.points, 'point')})" for each in told]


def _way(state: str) -> str:
    """What is in the way, without the number of a quota."""
    told = dict.fromkeys(
        "an agreement allows no more" if each.startswith("quota ") else each for each in state.split("; ")
    )
    sentence = "; ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _decision(read: LineRead, row: DecisionRow) -> DecisionSeen:
    place = "" if row.service_id is None else f": {read.called.place(row.service_id)}"
    bulk = " with the whole band" if row.in_bulk else ""
    return DecisionSeen(
        what=f"{spoken_code(row.decision)}{place}{bulk}",
        who=f"{read.deciders.get(row.decided_by, 'Somebody')}, {spoken_moment(row.decided_at)}",
        reason=row.reason or "",
    )


def _options(read: LineRead, chosen: str, *, change: bool) -> list[Choice]:
    found = []
    if read.line.service is not None:
        text = f"Agree to {read.called.place(read.line.service)}"
        found.append(Choice(value="agree", text=text, chosen=chosen == "agree"))
    if change:
        found.append(Choice(value="change", text="Another place", chosen=chosen == "change"))
    leave = "Leave them without a place from this run"
    hint = "They stay where they stand on the waiting list, or where they live"
    return [*found, Choice(value="leave", text=leave, chosen=chosen == "leave", hint=hint)]


def _places(read: LineRead, chosen: str) -> list[Choice]:
    others = [_other(read, each) for each in read.open[:PLACES]]
    told = [
        Choice(
            value=each.service,
            text=f"{each.place}, {each.cost}. {each.way}",
            chosen=each.service == chosen,
        )
        for each in others
    ]
    return [Choice(value="", text="Choose a place"), *told]
