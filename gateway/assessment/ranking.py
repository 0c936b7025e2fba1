"""The place in the triage list as one whole number, lower first, that stays right while days go by.

``assess.in_triage_order`` sorts by *not yet scored*, effective band, place in the band, reference. The place
in the band counts waiting in whole steps up to today, so it changes with the day for everybody, and a stored
one would be stale by morning. Two people who wait keep their distance, though: what is stored instead is
*when* each of them began, in steps of the same length counted from 1990. Danger, dates, need and the rest
keep the digit they have.

So, on the days that end a step, the stored rank sorts exactly as ``in_triage_order`` does; on any other day
the two differ only between people of whom one has waited less than one step longer. Beyond the longest wait
that a scheme counts, ``in_triage_order`` finds people equal and goes by reference; the rank still lets the
one who waited longer go first. What else changes with the day (a duty or discharge date comes nearer) is
found each night by ``rescoring.rescore_due``.
"""

from datetime import date
from math import prod

from gateway.assessment.assess import Assessment
from gateway.assessment.referral import EARLIEST, LATEST
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_faults import NEED, WAITING
from gateway.referrals.triage_list import SCORED_FROM

BAND_WIDTH = 10**12
"""Ranks in one band; a scheme has at most 250,000 combinations, and there are 40,178 days of arrival."""

MOST_BANDS = SCORED_FROM // BAND_WIDTH - 1
"""Bands a rank can tell apart."""


def triage_rank(assessment: Assessment, scheme: Scheme, referred_on: date | None) -> int:
    """Where somebody stands in the triage list: lower first; never 0, which is *not assessed at all*.

    Parameters
    ----------
    scheme
        The one the assessment was made by.
    referred_on
        The day the referral arrived; ``None`` counts as the longest wait, as it does in the assessment.
    """
    digits, radices = _digits(assessment.order_in_band, scheme, referred_on)
    place = 0
    for key in scheme.order:
        place = place * radices[key] + digits[key]
    last = prod(radices[key] for key in scheme.order) - 1
    return assessment.is_scored * SCORED_FROM + assessment.effective_band * BAND_WIDTH + (last - place)


def _digits(
    order_in_band: int, scheme: Scheme, referred_on: date | None
) -> tuple[dict[str, int], dict[str, int]]:
    """The digits of a place in a band, and how many each can be, with the arrival in the waiting's stead."""
    radices = {fact.key: len(fact.level_names) for fact in scheme.urgency}
    radices |= {NEED: len(scheme.needs), WAITING: scheme.waiting.most_steps + 1}
    digits = {}
    for key in reversed(scheme.order):
        order_in_band, digits[key] = divmod(order_in_band, radices[key])
    step = scheme.waiting.step_days
    steps = (LATEST - EARLIEST).days // step
    arrived = 0 if referred_on is None else (referred_on - EARLIEST).days // step
    return digits | {WAITING: steps - arrived}, radices | {WAITING: steps + 1}
