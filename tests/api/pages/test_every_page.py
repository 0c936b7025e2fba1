"""Every page there is, over a gateway with something to show on each: axe, reflow, one heading, weight.

A page that comes later stands in `VISITS`, or a test fails: a line with its path and by whom it is seen.
Parts of an address are filled with what `tests.api.pages.rich_world` has under that name, or under the name
that the line gives.
"""

from dataclasses import dataclass, field

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from api.pages.every_job import PAGE_ROUTERS
from api.pages.figures.topics import Topic
from gateway.records.actor import Role
from tests.api.pages.rich_world import LaterIds, copied, enrich, ids_in
from tests.api.pages.site import DESK, PHONE, broken_rules, too_wide, visited
from tests.gateway.ground import StoppedClock

STAFF = tuple(role.value for role in Role if role is not Role.CLOCKWORK)
NOBODY = "stranger"

HEAVIEST = 200_000
"""Bytes of a page without what it shares with all others."""

SIZES = {"desk": DESK, "phone": PHONE, "400 %": {"width": 320, "height": 256}}
"""The last is a screen of 1280 by 1024 at 400 % (WCAG 2.2, 1.4.10)."""

LOOKS = {"desk", "400 %"}
"""At which of them axe looks: a phone is laid out as 400 % is, with more room."""


SIDEWAYS = {
    "/agreements/{agreement_id}": "sums that are compared across",
    "/code-lists": "for administrators, at a desk",
    "/emergencies/{emergency_id}": "numbers of each band; what is left to do stands first",
    "/emergencies/{emergency_id}/print": "the same on paper",
    "/figures/{topic}": "numbers that are compared across",
    "/runs/{run_id}": "numbers that are compared across",
    "/schemes": "a document as it was written",
    "/schemes/{scheme}": "a document as it was written",
}
"""Where something scrolls sideways on a phone, and why; every other table is a list there."""

TABLES = """() => [...document.querySelectorAll('.gateway-wide')].map(region => {
    const heads = [...region.querySelectorAll('thead th')].map(head => head.textContent.trim());
    const cells = region.matches('.gateway-stacks') ? [...region.querySelectorAll('tbody td')] : [];
    return {
        scrolls: region.scrollWidth > region.clientWidth,
        unlike: cells.filter(cell => cell.dataset.label !== heads[cell.cellIndex]).length,
        name: region.getAttribute('aria-label') ?? region.getAttribute('aria-labelledby'),
    };
})"""
"""Each wide table: whether it scrolls, and how many cells are not labelled as their column is."""

ASKED_ALIKE = ("contact", "members", "service", "needs", "wishes")
"""Of the pages on which a referral is written, which come from one table, some in which every look is."""

ASKED_KEYS = {f"page {key}": key for key in ASKED_ALIKE}

TOPIC_KEYS = {f"topic {topic}": topic for topic in Topic}


@dataclass(frozen=True)
class Visit:
    """A page: its path as the route has it, who sees it, what stands behind the question mark, which ids.

    What stands behind the question mark may have ids too, by their names.
    """

    path: str
    roles: tuple = ("officer",)
    query: str = ""
    ids: dict = field(default_factory=dict)

    def address(self, known):
        """Where it is."""
        parts = {part[1:-1].partition(":")[0] for part in self.path.split("/") if part.startswith("{")}
        found = self.path
        for part in parts:
            found = found.replace(f"{{{part}}}", str(known[self.ids.get(part, part)]))
        return found + self.query.format_map(known)


VISITS = (
    Visit("/", STAFF),
    Visit("/account", STAFF),
    Visit("/accessibility", (NOBODY,)),
    Visit("/how-allocation-works", (NOBODY,)),
    Visit("/privacy", (NOBODY,)),
    Visit("/sign-in", (NOBODY,)),
    Visit("/invitation", (NOBODY,)),
    Visit("/triage"),
    Visit("/triage", query="?status=in_triage&band=2"),
    Visit("/referrals/{referral_id}"),
    Visit("/referrals/{referral_id}", ids={"referral_id": "in_triage"}),
    Visit("/referrals/{referral_id}", ids={"referral_id": "ended"}),
    Visit("/referrals/{referral_id}/details"),
    *(
        Visit("/referrals/{referral_id}/correct/{key}", ids={"key": f"page {key}"})
        for key in ("needs", "members", "service")
    ),
    Visit("/referrals/{referral_id}/duplicates"),
    Visit("/referrals/{referral_id}/assessment"),
    Visit("/referrals/{referral_id}/assessment", ids={"referral_id": "ended"}),
    Visit("/referrals/{referral_id}/override"),
    Visit("/referrals/{referral_id}/override", ids={"referral_id": "overridden"}),
    Visit("/referrals/{referral_id}/ask", ids={"referral_id": "in_triage"}),
    Visit("/referrals/{referral_id}/park"),
    Visit("/referrals/{referral_id}/decline"),
    Visit("/referrals/{referral_id}/withdraw"),
    Visit("/referrals/{referral_id}/close"),
    Visit("/referrals/{referral_id}/appeal", ids={"referral_id": "ended"}),
    Visit("/referrals/{referral_id}/places"),
    Visit("/referrals/{referral_id}/places", query="?tier=hub"),
    Visit(
        "/referrals/{referral_id}/places/{service_id}",
        ids={"referral_id": "placeable", "service_id": "free_for_them"},
    ),
    Visit("/search", ("officer", "referrer", "provider")),
    Visit("/people/{person_id}"),
    Visit("/people/{person_id}", ids={"person_id": "person_apart"}),
    Visit("/people/{person_id}/unmerge"),
    Visit("/people/{person_id}/unmerge", ids={"person_id": "person_merged"}),
    Visit("/people/{person_id}/correct/{key}", ids={"key": "page contact"}),
    Visit("/people/{person_id}/exclusions/new"),
    Visit("/people/{person_id}/consents/give"),
    Visit("/people/{person_id}/consents/withdraw"),
    Visit("/people/{person_id}/safety-areas/new"),
    Visit("/people/{person_id}/safety-areas/{area_id}/end", ids={"person_id": "person_unsafe"}),
    Visit("/people/{person_id}/separations/new"),
    Visit("/people/{person_id}/separations/{separation_id}/end", ids={"person_id": "person_apart"}),
    Visit("/people/{person_id}", ("duty_manager",), ids={"person_id": "person_closed"}),
    Visit("/people/{person_id}/grants", ("duty_manager",)),
    Visit("/people/{person_id}/grants", ("duty_manager",), ids={"person_id": "person_closed"}),
    Visit("/people/{person_id}/grants/new", ("duty_manager",), ids={"person_id": "person_closed"}),
    Visit(
        "/people/{person_id}/grants/{grant_id}/revoke", ("duty_manager",), ids={"person_id": "person_closed"}
    ),
    Visit("/people/{person_id}/restrict", ("duty_manager",)),
    Visit("/people/{person_id}/lift-restriction", ("duty_manager",), ids={"person_id": "person_closed"}),
    Visit("/people/{person_id}/break-glass"),
    Visit("/people/{person_id}/timeline"),
    Visit("/referrals/{referral_id}/timeline"),
    Visit("/referrals/{referral_id}/timeline", query="?show=all", ids={"referral_id": "referral_noted"}),
    Visit("/exclusions"),
    Visit("/forbidden-places"),
    Visit("/stale-units"),
    Visit("/exclusions/{exclusion_id}"),
    Visit("/runs", ("officer", "duty_manager")),
    Visit("/runs/new"),
    Visit("/runs/{run_id}"),
    Visit("/runs/{run_id}/lines"),
    Visit("/runs/{run_id}/lines", query="?band=2&status=proposed&singly="),
    Visit("/runs/{run_id}/lines/{line_id}"),
    Visit("/runs/{run_id}/lines/{line_id}", ids={"line_id": "line_without_place"}),
    Visit("/runs/{run_id}/quotas"),
    Visit("/runs/{run_id}/quotas", query="?page=9"),
    Visit("/runs/{run_id}/moves"),
    Visit("/runs/{run_id}/bands"),
    Visit("/runs/{run_id}/compare"),
    Visit("/runs/{run_id}/compare", query="?with={emergency_run}"),
    Visit("/runs/{run_id}/offers/{task_id}", ids={"run_id": "emergency_run", "task_id": "offers_task"}),
    Visit("/offers"),
    Visit("/offers", query="?show=accepted"),
    Visit("/offers/refusals"),
    Visit("/offers/{offer_id}"),
    Visit("/offers/{offer_id}/{deed}", ids={"deed": "refuse"}),
    Visit("/offers/{offer_id}/{deed}", ids={"deed": "wrong"}),
    Visit("/offers/{offer_id}/{deed}", ids={"deed": "moved-in"}),
    Visit("/my-referrals", ("referrer", "officer")),
    Visit("/my-referrals", query="?show=ended", roles=("referrer",)),
    Visit("/my-referrals/new", ("referrer", "officer")),
    Visit("/my-referrals/{referral_id}", ("referrer",)),
    Visit("/my-referrals/{referral_id}", ids={"referral_id": "draft_id"}),
    Visit("/my-referrals/{referral_id}", ids={"referral_id": "asked_id"}),
    Visit("/my-referrals/{referral_id}/check", ids={"referral_id": "draft_id"}),
    Visit("/my-referrals/{referral_id}/sent", ("referrer",)),
    Visit("/my-referrals/{referral_id}/withdraw", ("referrer",)),
    Visit("/my-referrals/{referral_id}/appeal", ("referrer",)),
    Visit("/my-referrals/{referral_id}/questions/{question_id}", ids={"referral_id": "asked_id"}),
    *(
        Visit("/my-referrals/{referral_id}/{key}", ids={"referral_id": "draft_id", "key": f"page {key}"})
        for key in ASKED_ALIKE
    ),
    Visit("/accounts", ("administrator",)),
    Visit("/accounts", ("administrator",), "?role=provider&status="),
    Visit("/accounts/new", ("administrator",)),
    Visit("/accounts/{account_id}", ("administrator",)),
    Visit("/accounts/{account_id}/change", ("administrator",)),
    Visit("/accounts/{account_id}/suspend", ("administrator",)),
    Visit("/accounts/{account_id}/reactivate", ("administrator",)),
    Visit("/accounts/{account_id}/close", ("administrator",)),
    Visit("/accounts/{account_id}/invitation", ("administrator",)),
    Visit("/accounts/{account_id}/reset-password", ("administrator",)),
    Visit("/accounts/{account_id}/reset-second-factor", ("administrator",)),
    Visit("/schemes", ("duty_manager", "auditor")),
    Visit("/schemes/preview", ("duty_manager",)),
    Visit("/schemes/{scheme}", ("administrator",)),
    Visit("/agreements", ("administrator", "commissioner")),
    Visit("/agreements/{agreement_id}", ("administrator", "commissioner")),
    Visit("/agreements/{agreement_id}/schedules/new", ("administrator",)),
    Visit("/agreements/new", ("administrator",)),
    Visit("/agreements/{agreement_id}/parties/new", ("duty_manager",)),
    Visit("/agreements/{agreement_id}/parties/{authority_id}/leave", ("duty_manager",)),
    Visit("/agreements/{agreement_id}/end", ("administrator",)),
    Visit("/figures", ("commissioner", "officer")),
    *(Visit("/figures/{topic}", ("commissioner",), ids={"topic": f"topic {topic}"}) for topic in Topic),
    Visit("/figures/{topic}", ("auditor",), "?first=2025-03&last=2026-02", ids={"topic": "topic vacancies"}),
    Visit("/events", ("auditor",)),
    Visit("/events", ("auditor",), "?what=offer+made&since-day=1&since-month=1&since-year=2026"),
    Visit("/events/verify", ("auditor",)),
    Visit("/events/{number}", ("auditor",)),
    Visit("/messages", ("administrator",)),
    Visit("/code-lists", ("administrator",)),
    Visit("/deadlines", ("auditor",)),
    Visit("/my-vacancies", ("provider",)),
    Visit("/my-vacancies/units/{unit_id}", ("provider",)),
    Visit("/my-offers", ("provider",)),
    Visit("/my-offers/{offer_id}", ("provider",)),
    Visit("/my-offers/{offer_id}/refuse", ("provider",)),
    Visit("/my-offers/{offer_id}/moved-in", ("provider",)),
    Visit("/my-offers/{offer_id}/not-come", ("provider",)),
    Visit("/my-residents", ("provider",)),
    Visit("/my-residents/coming", ("provider",)),
    Visit("/my-residents/reviews", ("provider",)),
    Visit("/my-residents/ready", ("provider",)),
    Visit("/my-residents/{placement_id}", ("provider",)),
    Visit("/my-residents/{placement_id}/review", ("provider",)),
    Visit("/my-residents/{placement_id}/ready", ("provider",)),
    Visit("/my-residents/{placement_id}/not-ready", ("provider",)),
    Visit("/my-residents/{placement_id}/left", ("provider",)),
    Visit("/my-requests", ("provider",)),
    Visit("/my-requests/{request_id}", ("provider",)),
    Visit("/emergencies", ("officer", "duty_manager")),
    Visit("/emergencies/new", ("duty_manager",)),
    Visit("/emergencies/{emergency_id}", ("duty_manager",)),
    Visit("/emergencies/{emergency_id}/people"),
    Visit("/emergencies/{emergency_id}/people", query="?stands=moved&band=1"),
    Visit("/emergencies/{emergency_id}/log"),
    Visit("/emergencies/{emergency_id}/print", query="?names=true"),
    Visit("/emergencies/{emergency_id}/propose"),
    Visit("/emergencies/{emergency_id}/offers"),
    Visit("/emergencies/{emergency_id}/add", ("duty_manager",)),
    Visit("/emergencies/{emergency_id}/end", ("duty_manager",)),
)
"""Every page, in the order of jobs; several lines for one that looks otherwise to others or elsewhere."""

NO_PAGES = {
    "/runs/{run_id}/closer": "leads on to the next line that needs a closer look",
    "/second-factor": "asks only whoever still owes one; `test_signing_in` goes there",
    "/emergencies/{emergency_id}/live": "a stream",
    "/emergencies/new/lists/{task_id}/live": "a stream",
    "/emergencies/{emergency_id}/log.csv": "a file",
    "/emergencies/new/list.csv": "a file",
    "/emergencies/new/agencies.csv": "a file",
    "/figures/{topic}/{file}": "a file",
}
"""Routes that answer a GET with something else than a page in its frame, and why: a file, a stream."""


def test_every_page_is_visited():
    there = {route.path for router in PAGE_ROUTERS for route in router.routes if "GET" in route.methods}
    visited_ones = {visit.path for visit in VISITS}
    assert there - visited_ones - set(NO_PAGES) == set(), "a new page stands in VISITS"
    assert (visited_ones | set(NO_PAGES)) - there == set(), "a page that is gone does not"


@pytest.fixture(scope="module")
def full_site(demonstration, tmp_path_factory, browser):
    """The service over a full gateway, and the ids of what there is to see."""
    store, made = demonstration
    url = copied(store, tmp_path_factory.mktemp("full") / "gateway.db")
    with visited(url, StoppedClock(), browser, LaterIds()) as site:
        more = enrich(site.store)
        with site.store.reading() as work:
            yield site, {**ids_in(work, made.run), **more, **ASKED_KEYS, **TOPIC_KEYS}


def entered(site, ids, role):
    page = site.stranger() if role == NOBODY else _signed_in(site, ids, role)
    page.context.add_init_script(AXE_SCRIPT)  # sent once, and not with each page
    return page


def _signed_in(site, ids, role):
    works_for = {"provider": ids["provider"], "referrer": ids["agency"]}
    return site.sign_in(role, of=works_for.get(role, "sweep"))  # the demonstration has a first of each


@pytest.mark.parametrize("demonstration", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [*STAFF, NOBODY])
def test_axe_finds_nothing_and_everything_fits(full_site, role):
    site, ids = full_site
    page, wrong = entered(site, ids, role), []
    for visit in VISITS:
        if role in visit.roles:
            found = [*faults(page, visit.address(ids)), *lists_that_are_none(page, visit.path)]
            wrong += [f"{visit.path} {visit.query} {fault}" for fault in found]
    wrong += site.wrong
    site.wrong.clear()  # told here, and not of the next role too
    assert wrong == [], "\n".join(wrong)


def lists_that_are_none(page, path):
    """Tables that a phone shows only in part, or whose cells say something else than their column."""
    page.set_viewport_size(PHONE)
    for table in page.evaluate(TABLES):
        if table["scrolls"] and path not in SIDEWAYS:
            yield f"scrolls sideways on a phone: {table['name']}"
        if table["unlike"]:
            yield f"has {table['unlike']} cells under no name, or another column's: {table['name']}"


def faults(page, address):
    """Whatever is wrong with a page at any size."""
    page.set_viewport_size(DESK)
    answer = page.goto(address)
    if answer.status != 200:
        yield f"answers {answer.status}"
        return
    if len(answer.body()) > HEAVIEST:
        yield f"weighs {len(answer.body()):,} bytes"
    if page.locator("h1").count() != 1:
        yield f"has {page.locator('h1').count()} main headings"
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        if name in LOOKS:
            yield from (f"at {name}: {rule}" for rule in broken_rules(page))
        if (wide := too_wide(page)) > 0:
            yield f"at {name} is {wide} pixels too wide"
