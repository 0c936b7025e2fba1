"""The page about getting in says what the code does."""

import os
import re
from pathlib import Path

from api.access.permissions import MAY, SECOND_FACTOR, Permission
from api.access.roles_table import ROLES, roles_table
from gateway.accounts import credentials, passwords, sessions
from gateway.accounts.inviting import INVITED_FOR, RESET_FOR
from gateway.records.actor import Role

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
TABLE = re.compile(r"(?<=<!-- roles -->\n\n).*?(?=\n<!-- end of roles -->)", re.DOTALL)


def test_the_table_of_roles_is_what_the_code_says():
    """If this fails the code changed. ``UPDATE_PAGES=1`` writes the table anew: read what it says now."""
    page = PAGE.read_text(encoding="utf-8")
    if os.environ.get("UPDATE_PAGES"):
        PAGE.write_text(TABLE.sub(lambda _: roles_table(), page), encoding="utf-8")
        page = PAGE.read_text(encoding="utf-8")
    assert TABLE.findall(page) == [roles_table()]


def test_the_figures_of_the_page_are_those_of_the_code():
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"{passwords.SHORTEST} to {passwords.LONGEST} characters" in page
    assert passwords.GUESSES == 100_000_000
    assert "100 million" in page
    assert (credentials.FREE, credentials.FIRST.seconds, credentials.LONGEST.seconds) == (5, 60, 3600)
    assert (
        f"{sessions.IDLE.seconds // 60} minutes, and after {sessions.ABSOLUTE.seconds // 3600} hours" in page
    )
    assert f"for {INVITED_FOR.days * 24} hours" in page
    assert f"good for {RESET_FOR.days * 24} hours" in page


def test_who_sees_people_does_not_see_to_accounts_and_the_other_way_round():
    for role, may in MAY.items():
        assert not {Permission.MANAGE_ACCOUNTS, Permission.READ_PEOPLE} <= may, role
        assert not {Permission.MANAGE_ACCOUNTS, Permission.READ_REFERRALS} <= may, role


def test_a_role_that_manages_accounts_or_opens_cases_to_others_needs_a_second_factor():
    strong = {Permission.MANAGE_ACCOUNTS, Permission.GRANT_ACCESS, Permission.DECLARE_EMERGENCIES}
    assert {role for role in Role if MAY[role] & strong} == SECOND_FACTOR
    assert Role.CLOCKWORK not in ROLES
