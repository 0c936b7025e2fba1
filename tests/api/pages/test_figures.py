"""Figures on pages: REST's numbers in pictures, tables and files, with the same ones hidden."""

import base64
import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from api.pages.figures.pictures import picture_of
from api.pages.figures.shades import SHADES, shade
from api.pages.figures.tables import Drawn, FigureTable, Line
from api.pages.figures.tile_drawing import MOST_TILES, tile_rows
from api.pages.figures.topics import Topic
from api.pages.my_residents.resident_words import DEPARTURES, DESTINATIONS
from gateway.accounts.tables import AccountRow
from gateway.directory.tables import AuthorityRow, ProviderRow, VoidReason, VoidRow, VoidState
from gateway.placements.leaving import depart
from gateway.placements.tables import DepartureReason, Destination, PlacementRow
from gateway.records.write import write
from scenarios.statements import statements
from tests.api.pages.at_a_desk import desks
from tests.api.pages.site import PHONE, accessible, faults_lead_to_fields, fits
from tests.api.rest.test_figures import MARCH, world
from tests.gateway.ground import BIRMINGHAM, DUDLEY, MANAGER, NOW, TODAY, put

OF_MARCH = "first=2026-03&last=2026-03"


def filled(work):
    """The figures' own world, with a map and a void in it."""
    world(work)
    places = {BIRMINGHAM: (52.49, -1.87), DUDLEY: (52.48, -2.11)}
    for id, (north, east) in places.items():
        row = work.get(AuthorityRow, id)
        row.latitude, row.longitude = north, east
        write(work, row, what="set up", by=MANAGER, at=NOW, about=[id])
    provider = work.get(ProviderRow, "V-1")
    provider.name = '=HYPERLINK("https://elsewhere.example")'
    write(work, provider, what="set up", by=MANAGER, at=NOW, about=["V-1"])
    facts = {"state": VoidState.OUT_OF_SERVICE, "reason": VoidReason.REPAIRS, "from_day": TODAY}
    put(work, VoidRow(void="B-1", revision=1, unit_id="U-1-8", noted_at=NOW, **facts))


@pytest.fixture
def office(sqlite_template, tmp_path, clock):
    made = desks(sqlite_template, tmp_path, clock)
    made.store.transact(filled)
    clock.on(days=40)
    yield made
    made.store.close()


def works_for(store, authority):
    def set_up(work):
        row = work.get(AccountRow, "commissioner-1")
        row.authority_id = authority
        write(work, row, what="set up", by=MANAGER, at=NOW, about=[row.id])

    store.transact(set_up)


def rows_of(html, key):
    """The rows of the table under a heading, as lists of what stands in their cells."""
    section = html.split(f'id="table-{key}"', 1)[1].split("</section>", 1)[0]
    return [
        [
            re.sub(r"<[^>]+>", "", cell).replace("\xa0", " ").strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", section, re.DOTALL)
    ]


def test_the_tables_are_what_rest_tells(office):
    desk = office.of("commissioner")
    html = desk.get(f"/figures/demand?{OF_MARCH}").text
    assert "The whole partnership, March 2026." in html
    assert rows_of(html, "authority") == [
        ["Authority", "People referred", "People who moved in", "Units"],
        ["Birmingham", "5", "5", "8"],
        ["Dudley", "hidden", "hidden", "3"],
        ["All together", "10", "10", "11"],
    ]
    rest = office.entrance.as_("commissioner").get("/api/v1/figures/demand", params=MARCH).json()
    assert rest["authority_of"]["placements"] == {"rows": {BIRMINGHAM: 5, DUDLEY: None}, "total": 10}
    assert rows_of(html, "tier")[1] == ["Hub", "10", "10", "11"]
    assert [row[0] for row in rows_of(html, "lot")] == ["Lot", "Complex needs", "All together"]


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_draws_what_it_tells_and_nothing_inline(office, topic):
    answer = office.of("commissioner").get(f"/figures/{topic}?{OF_MARCH}")
    assert answer.status_code == 200
    html = answer.text
    assert " style=" not in html
    assert "<svg" not in html.replace("data:image/svg+xml", "").split("<main", 1)[1].split("</main>")[0]
    for source, alt in re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', html):
        drawing = base64.b64decode(source).decode()
        assert drawing.count("font-family") == drawing.count(' stroke="') == 1
        assert "<text" in drawing
        assert alt.endswith("The table below has the same numbers.")
    nothing_to_draw = {Topic.REPEATS, Topic.WAITS}  # nobody came again, and nobody waited a day
    assert ("<img" in html) == (topic not in nothing_to_draw)


def test_of_few_units_and_voids_no_number_is_told(office):
    html = office.of("commissioner").get(f"/figures/vacancies?{OF_MARCH}").text
    month = rows_of(html, "voids")[1]
    assert month[0] == "March 2026"
    assert month[TODAY.day - 1] == "0"
    assert set(month[TODAY.day : 32]) == {"1 to 4"}
    assert rows_of(html, "now-authority")[1:] == [
        ["Birmingham", "8", "1 to 4", "0", "5", "0", "1 to 4"],
        ["Dudley", "3", "1 to 4", "0", "1 to 4", "0", "0"],
    ]
    used = rows_of(html, "used-tier")
    assert used[1][:2] == rows_of(html, "now-tier")[1][:2] == ["Hub", "11"]


def test_the_filters_are_folded_away_until_somebody_chooses(office):
    desk = office.of("auditor")
    usual = desk.get("/figures/demand").text
    assert '<details class="govuk-details">' in usual
    assert "Filters: The whole partnership, " in usual
    chosen = desk.get(f"/figures/demand?{OF_MARCH}").text
    assert '<details class="govuk-details" open>' in chosen
    assert "Filters: The whole partnership, March 2026" in chosen
    wrong = desk.get("/figures/demand?first=2026-03&last=2026-02")
    assert (wrong.status_code, '<details class="govuk-details" open>' in wrong.text) == (422, True)


def test_reasons_are_told_in_the_words_in_which_they_were_chosen(office):
    def leaves(work):
        depart(
            work.where(PlacementRow)[0].id,
            TODAY + timedelta(days=2),
            reason=DepartureReason.EVICTED,
            destination=Destination.FAMILY_SETTLED,
            by=MANAGER,
            at=NOW + timedelta(days=2),
            work=work,
        )

    office.store.transact(leaves)
    html = office.of("commissioner").get(f"/figures/placements?{OF_MARCH}").text
    assert rows_of(html, "reasons")[1][0] == DEPARTURES[DepartureReason.EVICTED]
    assert rows_of(html, "destinations")[1][0] == DESTINATIONS[Destination.FAMILY_SETTLED]


def test_an_agreement_is_told_with_its_quotas(office):
    html = office.of("auditor").get(f"/figures/agreements?{OF_MARCH}").text
    assert rows_of(html, "together")[1][:2] == ["Hub", "1 March 2026"]
    assert [row[0] for row in rows_of(html, "by-authority")[1:]] == ["Hub: Birmingham", "Hub: Dudley"]
    quotas = {row[0]: row[1:4] for row in rows_of(html, "quotas")[1:]}
    assert quotas["Hub: people from outside Birmingham and Dudley at Service S-1"] == ["0", "0", "0"]
    assert "Hub: people from Dudley at Service S-1" in quotas
    assert "0 units at once are agreed (clause 1)" in html
    assert "(schedule 1, units of Service S-1 bought by Dudley)" in html


def test_files_hold_the_same_numbers_and_no_formula(office):
    desk = office.of("commissioner")
    answer = desk.get(f"/figures/demand/authority.csv?{OF_MARCH}")
    assert answer.headers["content-disposition"] == (
        'attachment; filename="demand-authority-2026-03-to-2026-03.csv"'
    )
    page = rows_of(desk.get(f"/figures/demand?{OF_MARCH}").text, "authority")
    assert list(csv.reader(io.StringIO(answer.text))) == page
    book = load_workbook(io.BytesIO(desk.get(f"/figures/demand/all.xlsx?{OF_MARCH}").content))
    about, first, *others = book.worksheets
    assert about["B2"].value == "The whole partnership, March 2026"
    assert [cell.value for cell in first[2]] == ["Hub", 10, 10, 11]
    assert len(others) == 3
    (sheet,) = load_workbook(
        io.BytesIO(desk.get(f"/figures/refusals/providers.xlsx?{OF_MARCH}").content)
    ).worksheets[1:]
    assert sheet["A2"].value == '\'=HYPERLINK("https://elsewhere.example")'
    assert sheet["A2"].data_type == "s"
    told = list(csv.reader(io.StringIO(desk.get(f"/figures/refusals/providers.csv?{OF_MARCH}").text)))
    assert told[1] == ['\'=HYPERLINK("https://elsewhere.example")', "10", "0", "too few to tell"]
    for file in ("nothing.csv", "all.csv", "authority.pdf", "authority"):
        assert desk.get(f"/figures/demand/{file}?{OF_MARCH}").status_code == 404
    assert desk.get("/figures/demand/tier.csv?first=2026-03&last=2026-02").status_code == 422


def test_whoever_works_for_one_authority_sees_the_others_as_one(office):
    desk = office.of("commissioner")
    works_for(office.store, DUDLEY)
    for topic, key in (
        *(("demand", "authority"), ("waits", "authority")),
        *(("vacancies", "now-authority"), ("fairness", "offers-authority")),
    ):
        html = desk.get(f"/figures/{topic}?{OF_MARCH}").text
        names = [row[0] for row in rows_of(html, key)[1:] if row[0] != "All together"]
        assert names == ["Dudley", "All other authorities"], topic
        assert "Birmingham" not in html
    assert desk.get(f"/figures/demand?{OF_MARCH}&authority={DUDLEY}").status_code == 200
    assert desk.get(f"/figures/demand?{OF_MARCH}&authority={BIRMINGHAM}").status_code == 404
    assert desk.get(f"/figures/demand/tier.csv?{OF_MARCH}&authority={BIRMINGHAM}").status_code == 404


def test_only_months_that_have_ended_are_told(office):
    desk = office.of("officer")
    for query, what in (
        ("first=2026-03&last=2026-02", "The last month must be the first month or come after it"),
        ("first=2026-03&last=2026-04", "The last month must have ended"),
        ("first=2020-01&last=2026-02", "Choose 60 months or fewer"),
    ):
        answer = desk.get(f"/figures/waits?{query}")
        assert answer.status_code == 422
        assert what in answer.text
        assert "<title>Error: " in answer.text
        assert '<option value="2026-03" selected' in answer.text or "2020" in query
    assert desk.get("/figures/waits?first=March").status_code == 404
    assert "January 2026 to March 2026" in desk.get("/figures/waits?first=&last=&authority=").text


def test_figures_are_for_those_who_may_read_them(office):
    for role in ("referrer", "provider", "administrator"):
        assert office.of(role).get("/figures").status_code == 403
        assert office.of(role).get("/figures/demand/tier.csv").status_code == 403
    for role in ("officer", "duty_manager", "auditor"):
        assert 'href="/figures/fairness"' in office.of(role).get("/figures").text
    assert office.of("officer").get("/figures/nothing").status_code == 404


MOST_STATEMENTS = {
    "demand": 7,
    "vacancies": 15,
    "waits": 4,
    "fairness": 8,
    "refusals": 5,
    "agreements": 23,
}
"""Of a page that is counted anew, with those of whoever asks."""

LOOKED_AGAIN = 2
"""Statements of a page whose numbers are in memory: who asks, and what authorities are called."""


@pytest.mark.parametrize(("topic", "most"), MOST_STATEMENTS.items())
def test_a_page_is_counted_once_in_ten_minutes(office, clock, topic, most):
    desk, asked = office.of("commissioner"), []
    for _ in range(3):
        with office.store.reading() as work, statements(work) as found:
            html = desk.get(f"/figures/{topic}?{OF_MARCH}").text
        asked.append(len(found))
        if len(asked) == 2:
            clock.now += timedelta(minutes=11)
    assert "; kept for ten minutes." in html
    assert asked[1] == LOOKED_AGAIN < asked[0] <= most, asked
    assert asked[2] == asked[0], asked


def tiled(*places, heads=()):
    lines = tuple(Line(head, (1,)) for head in (*(head for head, *_ in places), *heads, "All together"))
    return FigureTable(
        key="x", title="X", words="", columns=("A", "B"), lines=lines, drawn=Drawn.TILES, places=places
    )


def test_tiles_lie_as_authorities_do_and_those_of_no_known_place_below():
    table = tiled(
        ("Birmingham", 52.4886, -1.8747),
        ("Dudley", 52.4829, -2.1087),
        ("Walsall", 52.5993, -1.9664),
        ("Wolverhampton", 52.5892, -2.121),
        ("Sandwell", 52.5154, -2.009),
        ("Solihull", 52.4131, -1.727),
        heads=("Lichfield", "Not known"),
    )
    assert [[line.head for line in row] for row in tile_rows(table)] == [
        ["Wolverhampton", "Sandwell", "Walsall"],
        ["Dudley", "Birmingham", "Solihull"],
        ["Lichfield", "Not known"],
    ]
    assert tile_rows(tiled()) == []


def test_of_many_authorities_only_the_largest_are_drawn_and_it_is_told():
    heads = [f"Authority {number:02}" for number in range(MOST_TILES + 2)]
    lines = tuple(Line(head, (number,)) for number, head in enumerate(heads))
    table = replace(tiled(), lines=(*lines, Line("All together", (9_999,))))
    assert [line.head for row in tile_rows(table) for line in row] == heads[2:]
    assert picture_of(table).note.startswith(f"Only the {MOST_TILES} with the largest numbers")
    assert picture_of(tiled(("Birmingham", 52.4, -1.8))).note == ""


def test_shades_go_from_nothing_to_the_most():
    among = (0, "hidden", 10, 50, 90)
    assert [shade(each, among) for each in among] == [SHADES[0], SHADES[0], SHADES[1], SHADES[2], SHADES[3]]


@pytest.mark.browser
def test_a_commissioner_looks_at_figures(site, clock):
    site.store.transact(filled)
    clock.on(days=40)
    page = site.sign_in("commissioner")
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Figures").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Figures")
    page.get_by_role("link", name="Demand and supply").focus()
    page.keyboard.press("Enter")
    page.locator("main summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("First month").focus()
    page.keyboard.type("March 2026")
    page.get_by_role("button", name="Show these").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The whole partnership, March 2026.")).to_be_visible()
    assert "first=2026-03" in page.url
    accessible(page)
    fits(page)
    for image in page.locator("main img").all():
        assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    site.expect("422")
    page.goto("/figures/demand?first=2026-03&last=2026-02")
    faults_lead_to_fields(page)
    accessible(page)


@pytest.mark.browser
def test_figures_on_a_phone_without_a_script(site, clock):
    site.store.transact(filled)
    clock.on(days=40)
    page = site.sign_in("commissioner", size=PHONE, javascript=False)
    page.goto("/figures/vacancies")
    page.locator("main summary").click()
    page.get_by_label("First month").select_option("2026-03")
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("heading", name="Calendar of voids")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV file of Calendar of voids").click()
    assert download.value.suggested_filename == "vacancies-voids-2026-03-to-2026-03.csv"
