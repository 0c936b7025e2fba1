"""The page is one file that loads nothing, tells everything, and escapes whatever it is given."""

import re
from html.parser import HTMLParser

import pytest

from allocation.problem import Pool, Quota, Service
from api.report.briefing import Briefing
from api.report.names import Names
from api.report.page import page
from tests.allocation.hand_made import ask, people, service
from tests.api.report.emergencies import evidence, small_emergency

HOSTILE = "<script>alert('x')</script>\"&'"


class Elements(HTMLParser):
    """Every element with its attributes, and the text."""

    VOID = frozenset({"meta", "link", "rect", "path", "line"})

    def __init__(self, text):
        super().__init__()
        self.found, self.text, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.fixture(scope="module")
def text():
    return page(Briefing.of(small_emergency()))


@pytest.fixture(scope="module")
def elements(text):
    return Elements(text)


def test_elements_are_closed_in_order_and_ids_are_unique(elements):
    assert elements.open == []
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [each["href"] for each in elements.all("a")]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    labels = [each["aria-labelledby"] for _, each in elements.found if "aria-labelledby" in each]
    assert set(labels) <= set(ids)


def test_nothing_is_run_and_nothing_is_loaded(text, elements):
    assert elements.all("script", "img", "iframe", "object", "embed", "form") == []
    assert [each["href"] for each in elements.all("link")] == ["data:,"]
    assert [name for _, each in elements.found for name in each if name.startswith("on")] == []
    assert "http" not in re.sub(r'xmlns(?::\w+)?="[^"]*"|http-equiv', "", text)
    policy = next(each["content"] for each in elements.all("meta") if each.get("http-equiv"))
    assert policy.startswith("default-src 'none'")


def test_the_page_has_one_heading_landmarks_a_language_and_a_way_past_the_top(elements):
    assert len(elements.all("h1")) == len(elements.all("main")) == len(elements.all("header")) == 1
    assert elements.all("html") == [{"lang": "en-GB"}]
    assert elements.found.index(("a", {"class": "skip", "href": "#main"})) < elements.found.index(
        ("header", {})
    )


def test_every_table_has_a_caption_and_scoped_headings_in_a_region_that_takes_focus(elements):
    tables = elements.all("table")
    assert len(tables) == len(elements.all("caption")) > 8
    assert all(each.get("scope") in ("col", "row") for each in elements.all("th"))
    regions = [each for each in elements.all("div") if each.get("role") == "region"]
    assert len(regions) == len(tables)
    assert {each["tabindex"] for each in regions} == {"0"}


def test_every_picture_has_a_name_and_a_caption(elements):
    pictures = elements.all("svg")
    assert len(pictures) == len(elements.all("figure")) == len(elements.all("figcaption")) == 3
    assert all(each["role"] == "img" and each["aria-label"].strip() for each in pictures)


def test_the_questions_are_answered_in_the_order_they_are_asked(text):
    order = ["places", "without", "unscored", "moves", "quotas", "conversions", "flows", "comparison"]
    assert re.findall(r'<h2 id="([\w-]+)"', text) == [
        *order,
        "proof",
        "everybody",
        "every-move",
        "all-quotas",
    ]


def test_everybody_who_moves_stands_on_the_page_and_whoever_is_not_yet_scored_is_marked():
    seen = small_emergency()
    text = page(Briefing.of(seen))
    rows = text[text.index('id="every-move"') : text.index('id="all-quotas"')].splitlines()
    for person in (person for step in seen.plan.steps for person in step):
        (row,) = [each for each in rows if f'class="id">{person}<' in each]
        assert ("not yet scored" in row) == (person in seen.unscored)


def test_where_everybody_is_scored_nothing_is_said_of_scoring():
    text = page(Briefing.of(evidence(ask(people("a", "b"), [service("only")]))))
    assert "scored" not in text


def test_the_same_emergency_gives_the_same_page_byte_for_byte(text):
    assert page(Briefing.of(small_emergency())) == text


def test_whatever_a_file_is_called_is_text_on_the_page_and_never_an_element():
    """Ids, names of services, authorities and bands, a region's title and the checker's words."""
    persons = [*people(f"a{HOSTILE}"), *people(f"b{HOSTILE}", band=2)]
    place = Service(
        id=f"s{HOSTILE}",
        pools=(Pool(id="u", units=1),),
        authority=f"A{HOSTILE}",
        tier=f"t{HOSTILE}",
    )
    quota = Quota(id=f"q{HOSTILE}", services=frozenset({place.id}), max_units=1)
    names = Names(
        services={place.id: HOSTILE}, authorities={f"A{HOSTILE}": HOSTILE}, bands={1: HOSTILE, 2: HOSTILE}
    )
    seen = evidence(ask(persons, [place], quotas=(quota,)), title=HOSTILE, names=names)
    text = page(Briefing.of(seen))
    elements = Elements(text)
    assert elements.all("script") == []
    assert elements.open == []
    assert "<script" not in text
    assert HOSTILE in "".join(elements.text)


@pytest.mark.parametrize("persons", [[], people("a"), people("a", "b", "c")])
def test_the_smallest_emergencies_have_a_page_too(persons):
    elements = Elements(page(Briefing.of(evidence(ask(persons, [service("only")])))))
    assert elements.open == []


def test_where_no_plan_exists_the_page_says_so_and_not_that_everybody_has_a_place():
    quota = Quota(id="two", services=frozenset({"only"}), min_units=2)
    text = page(Briefing.of(evidence(ask(people("a"), [service("only")], quotas=(quota,)))))
    assert "There is no plan." in text
    assert "Everybody has a place" not in text
