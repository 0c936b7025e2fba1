"""A store with a scheme in force and people to score."""

from importlib import resources

from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.scoring import score_referral
from tests.gateway.ground import ADMINISTRATOR, NOW, OFFICER, agency, authorities, person, referral

DOCUMENT = (resources.files("gateway.assessment") / "schemes" / "new-directions-team.yaml").read_text("utf-8")
ITEMS = (
    *("engagement", "intentional_self_harm", "unintentional_self_harm", "risk_to_others", "risk_from_others"),
    *("stress_anxiety", "social_effectiveness", "alcohol_drug", "impulse_control", "housing"),
)
LOW = dict.fromkeys(ITEMS, 0)
HIGH = dict.fromkeys(ITEMS, 4)  # 40 of 48


def ground(work):
    """A scheme in force since yesterday, and three people in no danger: R-1, R-2, R-3."""
    authorities(work)
    agency(work)
    adopt_scheme(DOCUMENT, by=ADMINISTRATOR, at=NOW.replace(day=1), work=work)
    for number in (1, 2, 3):
        person(work, f"P-{number}")
        referral(
            work,
            f"R-{number}",
            person=f"P-{number}",
            band=None,
            triage_rank=0,
            immediate_safety=False,
            sleeping_rough=False,
        )


def score(work, id="R-1", answers=LOW, by=OFFICER, at=NOW):
    return score_referral(id, answers, by=by, at=at, work=work)
