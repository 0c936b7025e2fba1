"""For each invariant rows and statements that break it, and the ids it must then name."""

from datetime import timedelta
from types import SimpleNamespace

from gateway.placements.tables import HoldKind
from tests.gateway.ground import NOW, TODAY

LATER = TODAY + timedelta(days=30)


def hold(id, referral="R-1", **facts):
    return {
        "id": id,
        "version": 1,
        "unit_id": "U-1-1",
        "service_id": "S-1",
        "person_id": referral.replace("R", "P"),
        "referral_id": referral,
        "kind": HoldKind.OFFER,
        "from_day": TODAY,
        "cancelled": False,
    } | facts


def offer(id, referral="R-1", **facts):
    return {
        "id": id,
        "version": 1,
        "referral_id": referral,
        "person_id": referral.replace("R", "P"),
        "service_id": "S-1",
        "status": "made",
        "from_day": TODAY,
        "made_at": NOW,
    } | facts


def placement(id, referral="R-1", **facts):
    return {
        "id": id,
        "version": 1,
        "referral_id": referral,
        "person_id": referral.replace("R", "P"),
        "service_id": "S-1",
        "status": "living",
        "from_day": TODAY,
    } | facts


def assessment(id, referral="R-1", **facts):
    return {
        "id": id,
        "referral_id": referral,
        "scheme": "x",
        "edition": "1",
        "assessed_on": TODAY,
        "assessed_by": "x",
        "scored": True,
        "band": 2,
        "effective_band": 2,
        "order_in_band": 0,
        "possible_bands": "2",
        "missing": "",
    } | facts


def override(id, **facts):
    return {
        "id": id,
        "referral_id": "R-1",
        "band": 1,
        "reason": "known",
        "set_by": "x",
        "set_at": NOW,
    } | facts


def account(id, status, **facts):
    return {
        "id": id,
        "version": 1,
        "name": "x",
        "email": "x",
        "email_digest": id,
        "role": "officer",
        "status": status,
        "created_at": NOW,
    } | facts


def session(id, account, **facts):
    return {
        "id": id,
        "digest": id,
        "account_id": account,
        "began_at": NOW,
        "last_seen_at": NOW,
        "expires_at": NOW,
        "second_factor": False,
    } | facts


def token(id, account, **facts):
    return {
        "id": id,
        "digest": id,
        "account_id": account,
        "name": "x",
        "scopes": "read_people",
        "created_at": NOW,
        "expires_at": NOW,
    } | facts


def proposal(id, **facts):
    return {
        "id": id,
        "version": 1,
        "run_id": "RUN-1",
        "referral_id": "R-1",
        "band": 1,
        "service_id": "S-1",
        "singly": False,
        "near_tie": False,
        "referral_version": 1,
        "status": "offered",
    } | facts


def run(status):
    return {
        "id": "RUN-1",
        "version": 1,
        "status": status,
        "started_by": "x",
        "started_at": NOW,
        "as_of": TODAY,
    }


FAULTS = {
    "one_holder": SimpleNamespace(
        rows=[("holds", hold("H-1"), hold("H-2", "R-2", from_day=LATER))], ids=("H-1 and H-2",)
    ),
    "one_place": SimpleNamespace(
        rows=[
            ("placements", placement("L-1"), placement("L-2", "R-3", service_id="S-2")),
            ("offers", offer("O-1", "R-2"), offer("O-2", "R-2", service_id="S-2")),
        ],
        sql=[
            "UPDATE people SET merged_into = 'P-2' WHERE id = 'P-1'",
            "UPDATE people SET merged_into = 'P-3' WHERE id = 'P-2'",
        ],
        ids=("P-2", "P-3"),
    ),
    "holds_of_their_service": SimpleNamespace(
        rows=[
            (
                "holds",
                hold("H-1", service_id="S-2"),
                hold("H-2", unit_id="U-2-1", service_id="S-2", person_id="P-3"),
            )
        ],
        ids=("H-1", "H-2"),
    ),
    "living_has_its_units": SimpleNamespace(
        rows=[
            ("placements", placement("L-1"), placement("L-2", "R-2")),
            ("holds", hold("H-1", kind="living", placement_id="L-1", cancelled=True)),
            ("holds", hold("H-2", "R-2", unit_id="U-1-2", kind="living", placement_id="L-2")),
        ],
        ids=("L-1",),
    ),
    "offers_hold_their_units": SimpleNamespace(
        rows=[("offers", offer("O-1"), offer("O-2", "R-2")), ("holds", hold("H-2", "R-2", offer_id="O-2"))],
        ids=("O-1",),
    ),
    "offers_over_hold_nothing": SimpleNamespace(
        rows=[
            ("offers", offer("O-1", status="lapsed"), offer("O-2", "R-2", status="taken_up")),
            (
                "holds",
                hold("H-1", offer_id="O-1"),
                hold("H-2", "R-2", offer_id="O-2", unit_id="U-1-2", until=LATER),
            ),
        ],
        ids=("H-1",),
    ),
    "referral_offered": SimpleNamespace(
        rows=[("offers", offer("O-1"))],
        sql=["UPDATE referrals SET status = 'offered' WHERE id = 'R-2'"],
        ids=("R-1", "R-2"),
    ),
    "referral_placed": SimpleNamespace(
        rows=[("placements", placement("L-1"))],
        sql=["UPDATE referrals SET status = 'placed' WHERE id = 'R-2'"],
        ids=("R-1", "R-2"),
    ),
    "closed_services_empty": SimpleNamespace(
        rows=[
            (
                "holds",
                hold("H-1"),
                hold("H-2", "R-2", unit_id="U-2-1", service_id="S-2"),
                hold("H-3", "R-3", unit_id="U-1-2"),
            ),
            (
                "emergencies",
                {
                    "id": "E-1",
                    "version": 1,
                    "title": "Fire",
                    "declared_by": "manager-1",
                    "declared_at": NOW,
                    "closes_on": TODAY,
                },
            ),
            ("emergency_services", {"emergency_id": "E-1", "service_id": "S-1"}),
            ("emergency_people", {"emergency_id": "E-1", "referral_id": "R-3"}),
        ],
        sql=["UPDATE services SET closes_on = '2026-03-02' WHERE id = 'S-1'"],
        ids=("H-1",),
    ),
    "void_revisions": SimpleNamespace(
        rows=[
            (
                "voids",
                *(
                    {
                        "void": void,
                        "revision": revision,
                        "unit_id": unit,
                        "state": "out_of_service",
                        "reason": "repairs",
                        "from_day": TODAY,
                        "cancelled": False,
                        "noted_at": NOW,
                    }
                    for void, revision, unit in (
                        ("X-1", 1, "U-1-1"),
                        ("X-1", 3, "U-1-1"),
                        ("X-2", 1, "U-1-1"),
                        ("X-2", 2, "U-1-2"),
                        ("X-3", 1, "U-2-1"),
                        ("X-3", 2, "U-2-1"),
                    )
                ),
            )
        ],
        ids=("X-1", "X-2"),
    ),
    "assessment_in_force": SimpleNamespace(
        rows=[
            ("assessments", assessment("E-1"), assessment("E-2"), assessment("E-3", "R-2", superseded_at=NOW))
        ],
        ids=("R-1",),
    ),
    "one_override": SimpleNamespace(
        rows=[("overrides", override("B-1"), override("B-2"), override("B-3", ended_at=NOW))], ids=("R-1",)
    ),
    "band_of_assessment": SimpleNamespace(
        rows=[("assessments", assessment("E-1"), assessment("E-2", "R-2"), assessment("E-3", "R-3"))],
        sql=[
            "UPDATE referrals SET band = 3, triage_rank = 1002000000000000 WHERE id = 'R-1'",
            "UPDATE referrals SET band = 2, triage_rank = 1001000000000005 WHERE id = 'R-2'",
            "UPDATE referrals SET band = 2, triage_rank = 1002000000000005 WHERE id = 'R-3'",
        ],
        ids=("R-1", "R-2"),
    ),
    "decisions_on_proposals": SimpleNamespace(
        rows=[
            ("runs", run("failed")),
            ("proposals", proposal("L-1")),
            (
                "decisions",
                *(
                    {
                        "id": id,
                        "proposal_id": line,
                        "decision": "agree",
                        "decided_by": "x",
                        "decided_at": NOW,
                        "in_bulk": False,
                    }
                    for id, line in (("D-1", "L-1"), ("D-2", "L-9"))
                ),
            ),
        ],
        ids=("D-1", "D-2"),
    ),
    "offer_of_its_line": SimpleNamespace(
        rows=[
            ("runs", run("proposed")),
            (
                "proposals",
                proposal("L-1"),
                proposal("L-2", referral_id="R-2"),
                proposal("L-3", referral_id="R-3", chosen_service_id="S-2"),
            ),
            (
                "offers",
                offer("O-1", proposal_id="L-1"),
                offer("O-2", "R-3", proposal_id="L-2"),
                offer("O-3", "R-3", proposal_id="L-3", service_id="S-2"),
            ),
        ],
        ids=("O-2",),
    ),
    "merges_have_no_cycle": SimpleNamespace(
        sql=[
            "UPDATE people SET merged_into = 'P-2' WHERE id IN ('P-1', 'P-3')",
            "UPDATE people SET merged_into = 'P-1' WHERE id = 'P-2'",
        ],
        ids=("P-1", "P-2"),
    ),
    "erased_is_erased": SimpleNamespace(
        sql=["UPDATE people SET erased_at = '2026-03-02 09:00:00', gender = 'male' WHERE id = 'P-1'"],
        ids=("P-1",),
    ),
    "accounts_over_hold_nothing": SimpleNamespace(
        rows=[
            (
                "accounts",
                account("AC-1", "suspended"),
                account("AC-2", "closed"),
                account("AC-3", "closed"),
                account("AC-4", "active"),
                account("AC-5", "suspended"),
            ),
            (
                "sessions",
                session("Z-1", "AC-1"),
                session("Z-3", "AC-3", ended_at=NOW),
                session("Z-4", "AC-4"),
            ),
            ("tokens", token("K-2", "AC-2"), token("K-3", "AC-3", revoked_at=NOW), token("K-4", "AC-4")),
            ("invitations", {"digest": "x", "account_id": "AC-5", "expires_at": NOW}),
        ],
        ids=("AC-1", "AC-2", "AC-5"),
    ),
    "every_row_has_its_event": SimpleNamespace(
        rows=[
            ("notes", {"id": "N-1", "referral_id": "R-1", "written_by": "x", "written_at": NOW, "text": "x"}),
            ("referral_codes", {"referral_id": "R-1", "trait": "risk", "value": "arson"}),
        ],
        ids=("notes/N-1", "referral_codes/R-1/risk/arson"),
    ),
    "chain_contiguous": SimpleNamespace(
        sql=["DELETE FROM event_links WHERE position = 2", "DELETE FROM events WHERE number = 4"],
        ids=("3", "4"),
    ),
}
