"""From a referral and a scheme to a band, a place inside it and the reasons; unknown stays unknown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from gateway.assessment.lines import Line, lines_of
from gateway.assessment.referral import InvalidReferral, Override, Referral
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_parts import YesNo


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one scheme says of one referral on one day.

    possible_bands
        Every band that the unknown answers still allow, rising; exactly one when the band is known.
    score
        The need score; ``None`` while an item has not been asked.
    order_in_band
        Who comes first inside a band: a whole number from 0, higher first (see ``Scheme.order_of``). For
        somebody with answers missing it is the highest that the known answers still allow, as the band is.
    lines
        One for each contribution.
    missing
        The columns not yet answered: urgency questions, items, ``referred_on``. A blank duty or discharge
        date is an answer: none known.
    override
        A named person's decision, kept beside what the answers give.
    """

    reference: str
    scheme: str
    scheme_version: str
    on: date
    possible_bands: tuple[int, ...]
    score: int | None
    order_in_band: int
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    override: Override | None

    @property
    def band(self) -> int | None:
        """The computed band, 1 the highest priority; ``None`` while the answers allow several."""
        return self.possible_bands[0] if len(self.possible_bands) == 1 else None

    @property
    def effective_band(self) -> int:
        """The band that counts: the override's; else the computed one; else the highest still possible."""
        return self.possible_bands[0] if self.override is None else self.override.band

    @property
    def is_scored(self) -> bool:
        """Whether both the need score and the band are known."""
        return self.score is not None and self.band is not None

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should see it by itself: something is missing, or somebody decided otherwise."""
        return bool(self.missing) or self.override is not None


def assess(referral: Referral, scheme: Scheme, *, on: date) -> Assessment:
    """Score and band a referral on a day.

    Raises
    ------
    InvalidReferral
        If the referral answers what the scheme does not ask, with a score that it does not allow, is
        overridden to a band that it does not have, or arrived after ``on``.
    """
    if faults := tuple(_faults(referral, scheme, on)):
        raise InvalidReferral(referral.reference, faults)
    levels = [fact.possible_levels(referral, on) for fact in scheme.urgency]
    scores = possible_scores(referral, scheme)
    score = scores[0] if len(scores) == 1 else None
    bands = {scheme.band_of(each, need) for each in product(*levels) for need in scores}
    possible_bands = tuple(sorted(bands))
    return Assessment(
        reference=referral.reference,
        scheme=scheme.name,
        scheme_version=scheme.version,
        on=on,
        possible_bands=possible_bands,
        score=score,
        # Scales run one way in every scheme, so the highest of each is the highest of all.
        order_in_band=scheme.order_of(
            tuple(map(max, levels)), scores[-1], _waiting_days(referral, scheme, on)
        ),
        lines=tuple(lines_of(referral, scheme, on=on, score=score, possible_bands=possible_bands)),
        missing=_missing(referral, scheme),
        override=referral.override,
    )


def possible_scores(referral: Referral, scheme: Scheme) -> tuple[int, ...]:
    """Every need score that the items not yet asked still allow, rising; exactly one when all have been."""
    totals = {0}
    for item in scheme.items:
        answer = referral.answers.get(item.key)
        steps = item.scores if answer is None else (answer,)
        totals = {total + step for total in totals for step in steps}
    return tuple(sorted(totals))


def _waiting_days(referral: Referral, scheme: Scheme, on: date) -> int:
    if referral.referred_on is None:
        return scheme.waiting.longest_days
    return (on - referral.referred_on).days


def _missing(referral: Referral, scheme: Scheme) -> tuple[str, ...]:
    facts = [
        fact.asks for fact in scheme.urgency if isinstance(fact, YesNo) and referral.yes_no(fact.asks) is None
    ]
    items = [key for key in scheme.item_keys if key not in referral.answers]
    return (*facts, *items, *(("referred_on",) if referral.referred_on is None else ()))


def _faults(referral: Referral, scheme: Scheme, on: date) -> Iterator[tuple[str, str]]:
    allowed = {item.key: item.scores for item in scheme.items}
    for key, answer in referral.answers.items():
        if key not in allowed:
            yield key, f"is no item of scheme {scheme.name}"
        elif problem := score_problem(answer, allowed[key]):
            yield key, problem
    if referral.override_band is not None and (problem := band_problem(referral.override_band, scheme)):
        yield "override_band", problem
    if referral.referred_on is not None and referral.referred_on > on:
        yield "referred_on", f"is after the day of assessment, {on}"


def score_problem(answer: int, allowed: tuple[int, ...]) -> str | None:
    """Why an item cannot have this score, or ``None``."""
    if isinstance(answer, bool) or answer not in allowed:
        return f"is not one of {', '.join(map(str, allowed))}"
    return None


def band_problem(band: int, scheme: Scheme) -> str | None:
    """Why a referral cannot be overridden to this band, or ``None``."""
    return None if 1 <= band <= len(scheme.bands) else f"is not from 1 to {len(scheme.bands)}"


def for_allocation(assessment: Assessment) -> tuple[int, int]:
    """The ``band`` and the ``score`` of a person in a placement problem.

    Somebody not yet scored is held at the highest band, and in it at the highest place, that the known
    answers still allow: a missing answer costs nobody their place. ``needs_a_look`` says that a person is to
    see to it.
    """
    return assessment.effective_band, assessment.order_in_band


def in_triage_order(assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
    """Those not yet scored first, so that nobody vanishes; then band, place in the band, reference."""
    return tuple(
        sorted(
            assessments,
            key=lambda each: (each.is_scored, each.effective_band, -each.order_in_band, each.reference),
        )
    )
