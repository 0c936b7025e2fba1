"""How allocation works, filled from the scheme in force."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.assessment.scheme import Scheme


@dataclass(frozen=True, slots=True)
class BandSeen:
    """One band: its number and who is in it."""

    number: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """The page of how allocation works."""

    scheme: str
    bands: Sequence[BandSeen]
    questions: Sequence[str]


def how_view(scheme: Scheme) -> How:
    """The page for the scheme in force."""
    return How(
        scheme=f"{scheme.title}, version {scheme.version}",
        bands=[BandSeen(str(band.number), band.label) for band in scheme.bands],
        questions=[item.label for item in scheme.items],
    )
