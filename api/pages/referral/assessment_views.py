"""An assessment as a form with a running score, and what each of its lines means."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_day
from api.pages.referral.heading import Heading
from gateway.assessment.assess import Assessment
from gateway.assessment.lines import spoken_bands
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_faults import NEED, WAITING
from gateway.assessment.scheme_parts import Item
from gateway.assessment.tables import AssessmentRow, OverrideRow
from gateway.local_day import local_day
from gateway.referrals.states import OPEN

Answers = Mapping[str, int | None]
"""Scores by item; ``None`` is not asked yet."""


def field_of(item: str) -> str:
    """The id and name of an item's field on the page."""
    return f"score-{item}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSeen:
    """One question of the need score."""

    key: str
    field: str
    label: str
    hint: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One line of an assessment, and what it does."""

    text: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPage:
    """The page.

    tried
        What the answers as they were sent would give; nothing was tried: empty.
    forbidden
        Why it cannot be scored now; nothing: it can.
    """

    heading: Heading
    href: str
    score: str
    band: str
    total: int
    tried: str
    forbidden: str
    kept: str
    items: Sequence[ItemSeen]
    meanings: Sequence[Meaning]


def assessment_page(
    heading: Heading,
    scheme: Scheme,
    answers: Answers,
    found: Assessment,
    *,
    kept: AssessmentRow | None,
    kept_by: str,
    names: Mapping[str, str],
    tried: bool,
) -> AssessmentPage:
    """The page for these answers and what they give; ``names`` are of accounts in its lines."""
    score, band = _score(found, scheme), _band(found, scheme)
    is_open = heading.state in OPEN
    return AssessmentPage(
        heading=heading,
        href=f"{heading.href}/assessment",
        score=score,
        band=band,
        total=scheme.needs[-1],
        tried=f"These answers give: {score}. {band}. Nothing is saved yet." if tried else "",
        forbidden=""
        if is_open
        else f"It cannot be scored now: the referral is in the state “{heading.status}”.",
        kept=_kept(kept, kept_by, scheme),
        items=[_item(each, answers.get(each.key)) for each in scheme.items],
        meanings=list(_meanings(found, scheme, names)),
    )


def _score(found: Assessment, scheme: Scheme) -> str:
    most = scheme.needs[-1]
    if found.score is not None:
        return f"Need score {found.score} of {most}"
    unasked = sum(key in scheme.item_keys for key in found.missing)
    return f"Need score not known yet, {counted(unasked, 'question')} not asked"


def _band(found: Assessment, scheme: Scheme) -> str:
    if found.band is not None:
        return f"Band {found.band}: {scheme.bands[found.band - 1].label}"
    return f"Band {spoken_bands(found.possible_bands)}, depending on what is not known"


def _kept(kept: AssessmentRow | None, by: str, scheme: Scheme) -> str:
    if kept is None:
        return "Not scored yet."
    told = f"Last scored on {spoken_day(kept.assessed_on)} by {by}."
    if (kept.scheme, kept.edition) != (scheme.name, scheme.version):
        told += " Another scheme is in force since: look at every answer and save them again."
    return told


def _item(item: Item, answer: int | None) -> ItemSeen:
    counts = f" Each step counts {item.weight}." if item.weight > 1 else ""
    return ItemSeen(
        key=item.key,
        field=field_of(item.key),
        label=item.label,
        hint=f"{item.lowest} is the least need, {item.highest} the most.{counts}",
        choices=[
            *(Choice(value=str(each), text=str(each), chosen=answer == each) for each in item.scores),
            Choice(value="", text="Not asked yet", chosen=answer is None),
        ],
    )


def _meanings(found: Assessment, scheme: Scheme, names: Mapping[str, str]) -> Iterator[Meaning]:
    facts, items = {each.key for each in scheme.urgency}, {each.key: each for each in scheme.items}
    for line in found.lines:
        if line.about in facts:
            yield Meaning(line.text, "Comes before the need score.")
        elif line.about in items:
            share = (
                f"{line.points} of the need score's points" if line.points is not None else "Not counted yet"
            )
            yield Meaning(line.text, f"{share}.")
        else:
            yield Meaning(_named(line.text, names), _of_the_whole(line.about, scheme))


def _named(text: str, names: Mapping[str, str]) -> str:
    """The line of an override with the name of whoever set it."""
    for id, name in names.items():
        text = text.replace(f" by {id}; ", f" by {name}; ", 1)
    return text


def _of_the_whole(about: str, scheme: Scheme) -> str:
    waiting = scheme.waiting
    return {
        NEED: "What the answers add up to. It decides the band where nothing more urgent does.",
        WAITING: f"Counts by {waiting.step_days} days, up to {waiting.longest_days}: of two who are alike "
        "otherwise, the one who waited longer goes first.",
        "band": "Band 1 goes first. Nobody of lower priority gets a place that somebody of higher priority "
        "could have.",
        "override": "An officer's decision. It counts instead of the band that the answers give.",
    }.get(about, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverridePage:
    """Setting another band, or ending that.

    stands
        Who set which band, when and why; empty: nobody has.
    """

    heading: Heading
    href: str
    computed: str
    forbidden: str
    stands: Sequence[tuple[str, str]]
    bands: Sequence[Choice]
    sent: Mapping[str, str]


def override_page(
    heading: Heading,
    scheme: Scheme,
    found: Assessment,
    override: OverrideRow | None,
    *,
    set_by: str,
    sent: Mapping[str, str],
) -> OverridePage:
    """The page, with what was sent if it was wrong."""
    is_open = heading.state in OPEN
    return OverridePage(
        heading=heading,
        href=f"{heading.href}/override",
        computed=_band(found, scheme),
        forbidden=""
        if is_open
        else f"It cannot be changed now: the referral is in the state “{heading.status}”.",
        stands=[] if override is None else list(_stands(override, set_by)),
        bands=[
            Choice(
                value=str(each.number),
                text=f"Band {each.number}",
                hint=each.label,
                chosen=sent.get("band") == str(each.number),
            )
            for each in scheme.bands
        ],
        sent=sent,
    )


def _stands(override: OverrideRow, set_by: str) -> Iterator[tuple[str, str]]:
    yield "Band", str(override.band)
    yield "Set by", set_by
    yield "On", spoken_day(local_day(override.set_at))
    yield "Why", override.reason
