"""From an invitation to one's own account at a real browser: password, second factor, going out."""

import pyotp
import pytest
from playwright.sync_api import expect

from gateway.accounts.inviting import Post, invite
from gateway.records.actor import Role
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.gateway.ground import ADMINISTRATOR

PASSWORD = "correct horse battery staple 7"  # noqa: S105  a test's own


@pytest.fixture
def link(site):
    """The link that an invited duty manager was given."""
    invited = site.store.transact(
        lambda work: invite(
            "Ada Lovelace",
            "ada@example.org",
            Post(role=Role.DUTY_MANAGER),
            by=ADMINISTRATOR,
            at=site.store.clock(),
            work=work,
        )
    )
    return invited.link.secret


def signs_in(page, password=PASSWORD):
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def sets_password(page, link):
    page.goto(f"/invitation#{link}" if page.context.browser else "/invitation")
    page.get_by_label("Invitation").fill(link)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_an_invited_manager_sets_a_password_and_a_second_factor_and_comes_in(site, link, clock, javascript):
    site.expect("422")
    site.expect("Clear-Site-Data")  # what signing out clears is told on the console
    page = site.stranger(size=PHONE, javascript=javascript)
    sets_password(page, link)
    assert "Your password is set" in page.get_by_role("alert").inner_text()
    signs_in(page)
    assert page.url.endswith("/account")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up a second factor").click()
    totp = pyotp.TOTP(page.locator("code").inner_text())
    here = page.get_by_role("link", name="Open it in the app on this phone")
    assert here.get_attribute("href").startswith("otpauth://totp/")
    assert f"secret={totp.secret}" in here.get_attribute("href")
    page.get_by_label("The code the app shows now").fill("1")
    page.get_by_role("button", name="Confirm").click()
    assert page.get_by_role("link", name="begin again with a new key").get_attribute("href") == "/account"
    page.get_by_label("The code the app shows now").fill(totp.at(clock()))
    page.get_by_role("button", name="Confirm").click()
    codes = page.locator("li code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="Go on to the start").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What needs you now"
    page.goto("/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    clock.on(minutes=2)
    signs_in(page)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What needs you now"


def test_the_link_fills_in_its_own_secret(site, link):
    page = site.stranger()
    page.goto(f"/invitation#{link}")
    expect(page.get_by_label("Invitation")).to_have_value(link)
    assert "#" not in page.url


@pytest.mark.parametrize("path", ["/sign-in", "/invitation"])
def test_the_forms_of_strangers_are_accessible(site, path):
    page = site.stranger(size=PHONE)
    page.goto(path)
    accessible(page)
    fits(page)


def test_a_wrong_password_and_an_unknown_address_are_told_alike(site, link):
    site.expect("422")
    page = site.stranger()
    page.goto("/sign-in")
    told = []
    for email in ("ada@example.org", "nobody@example.org"):
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password", exact=True).fill("wrong horse battery")
        page.get_by_role("button", name="Sign in").click()
        faults_lead_to_fields(page)
        told.append(page.locator(".govuk-error-summary").inner_text())
    accessible(page)
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(site, link, elsewhere):
    page = site.stranger()
    sets_password(page, link)
    page.goto(f"/sign-in?next={elsewhere}")
    signs_in(page)
    assert page.url.startswith(site.address)


def test_a_form_of_another_page_is_refused(site, link):
    site.expect("403")
    page = site.stranger()
    page.goto("/sign-in")
    page.evaluate("document.querySelector('input[name=csrf]').value = 'x'")
    signs_in(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Not allowed"


def test_whoever_types_is_still_here(site, clock):
    """A session that nobody uses ends; a long story is written for longer than that."""
    page = site.sign_in("officer")
    page.clock.install()
    page.goto("/search")
    box = page.get_by_label("Reference", exact=True)
    for _ in range(3):
        clock.on(minutes=15)
        page.clock.fast_forward("15:00")
        with page.expect_response("**/account") as answer:
            box.press_sequentially("R")
        assert answer.value.status == 200
    page.get_by_role("button", name="Search").first.click()
    assert "/sign-in" not in page.url


def test_a_form_that_comes_too_late_says_that_nothing_of_it_was_kept(site, clock):
    page = site.sign_in("officer", size=PHONE)
    page.goto("/search")
    clock.on(minutes=31)
    page.get_by_label("Reference", exact=True).fill("R-1")
    page.get_by_role("button", name="Search").first.click()
    assert page.url.endswith("/sign-in?next=/&late=yes")
    assert "Nothing of it was saved" in page.get_by_role("main").inner_text()
    accessible(page)
    fits(page)


def test_who_was_vouched_for_elsewhere_is_not_told_of_a_second_factor_here(site):
    page = site.sign_in("officer")
    page.goto("/account")
    assert page.get_by_role("button", name="Set up a second factor").is_visible()
    assert "recovery codes" not in page.get_by_role("main").inner_text()


def test_ones_own_account_is_accessible_and_tells_what_is_wrong(site):
    site.expect("422")
    page = site.sign_in("officer", size=PHONE)
    page.goto("/account")
    accessible(page)
    fits(page)
    page.get_by_label("The password you want").fill("password1234")
    page.get_by_role("button", name="Change your password").click()
    faults_lead_to_fields(page)
    accessible(page)
