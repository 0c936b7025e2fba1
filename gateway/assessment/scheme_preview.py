"""What a scheme would change, before it is in force: who moves band, by their referral."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gateway.assessment.scheme_documents import scheme_of
from gateway.assessment.standings import standings
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class BandMove:
    """Somebody whom another scheme would put in another band, or would leave unscored, or score.

    band_before, band_after
        The effective bands, an override included; 1 is the highest.
    scored_before, scored_after
        Whether both score and band are known.
    """

    referral_id: str
    person_id: str
    band_before: int
    band_after: int
    scored_before: bool
    scored_after: bool


def preview_scheme(work: Work, document: str, *, on: date) -> Sequence[BandMove]:
    """Who would stand otherwise if this scheme were in force on that day: the furthest up first, then by id.

    Everybody open and scored is assessed with the answers they have; what the scheme asks and nobody has
    asked yet is unknown. Nothing is written. Names are for the caller to add.

    Raises
    ------
    Invalid
        If the document is no scheme, naming every fault.
    """
    moves = [
        BandMove(
            referral_id=each.referral_id,
            person_id=each.person_id,
            band_before=each.kept.effective_band,
            band_after=each.found.effective_band,
            scored_before=each.kept.scored,
            scored_after=each.found.is_scored,
        )
        for each in standings(work, scheme_of(document), on)
    ]
    moved = [
        each
        for each in moves
        if (each.band_before, each.scored_before) != (each.band_after, each.scored_after)
    ]
    return sorted(moved, key=lambda each: (each.band_after - each.band_before, each.referral_id))
