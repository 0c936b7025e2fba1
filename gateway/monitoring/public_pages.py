"""Pages that tell the public how allocation works, and what is kept, filled from the code's own constants.

``docs/transparency-record.md`` follows the Algorithmic Transparency Recording Standard (Cabinet Office and
DSIT: tier 1, a short plain summary; tier 2, details), ``docs/dpia.md`` the template of the Information
Commissioner.
"""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from allocation.eligibility import RULES
from allocation.preference import (
    DISTANCE_BANDS_KM,
    LATER_WISH,
    MOVING,
    NOT_WISHED,
    OTHER_AUTHORITY,
    TIER_POINTS,
)
from gateway.allocation_runs.candidates import LOOKED_AT_SINGLY
from gateway.allocation_runs.performing import ENGINE
from gateway.assessment.scheme import Scheme
from gateway.monitoring.kept_data import kept_data
from gateway.records.actor import Role
from gateway.records.retention_rules import COUNTED_FROM, RetentionRules
from gateway.referrals.tables import ReferralTrait

PAGES = ("transparency-record.md", "dpia.md")

# The pages are plain text, read by people: nothing in them is HTML to be escaped.
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701  this is Markdown
    keep_trailing_newline=True,
)


def public_page(name: str, *, scheme: Scheme, retention: RetentionRules) -> str:
    """One of `PAGES`, for the scheme and the years of retention in force."""
    return _PAGES.get_template(name).render(
        scheme=scheme,
        rules=RULES,
        points=_points(),
        flags=LOOKED_AT_SINGLY,
        engine=ENGINE,
        roles=[role.replace("_", " ") for role in Role],
        traits=[trait.replace("_", " ") for trait in ReferralTrait],
        kept=kept_data(),
        retention=[(str(kind), years, COUNTED_FROM[kind]) for kind, years in retention.years().items()],
    )


def _points() -> Sequence[tuple[str, str]]:
    asked_and_offered = [
        (f"asked for {asked}, offered {offered}", str(points))
        for (asked, offered), points in TIER_POINTS.items()
    ]
    bands = ", ".join(map(str, DISTANCE_BANDS_KM))
    return [
        *asked_and_offered,
        ("another authority than the person's own", str(OTHER_AUTHORITY)),
        (f"distance from home: one from each of {bands} km on", f"0 to {len(DISTANCE_BANDS_KM)}"),
        ("a place not wished for, where others were", str(NOT_WISHED)),
        ("each wish that stands before this one", str(LATER_WISH)),
        ("being moved without having to leave", str(MOVING)),
    ]
