"""A scheme file is read strictly, and every fault of it is told at once with its path."""

import re
from contextlib import suppress
from importlib import resources

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gateway.assessment.scheme import InvalidScheme, read_scheme
from tests.gateway.assessment.people import NDT

SHIPPED = (resources.files("gateway.assessment") / "schemes" / "new-directions-team.yaml").read_text("utf-8")


ODD = [None, True, -1, 0, 10**12, 1.5, "", "none", "yes", [], [None], {}, {"a": 1}, [[]], "\u200b"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("schemes")


def faults(folder, text):
    path = folder / "scheme.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidScheme) as caught:
        read_scheme(path)
    assert str(path) in str(caught.value)
    for where, problem in caught.value.faults:
        assert (f"{where}: {problem}" if where else problem) in str(caught.value)
    return list(caught.value.faults)


def changed(old, new):
    assert SHIPPED.count(old) == 1
    return SHIPPED.replace(old, new)


def test_the_shipped_file_reads_as_the_shipped_scheme(folder):
    path = folder / "copy.yaml"
    path.write_text(SHIPPED, encoding="utf-8-sig")
    assert read_scheme(path) == NDT


def test_every_fault_is_told_at_once_with_its_path(folder):
    text = SHIPPED
    for old, new in [
        ("format: assessment-scheme/1", "format: assessment-scheme/9"),
        ('version: "1"', "version: 1.10"),
        ("title: New Directions Team need score, after urgency\n", ""),
        ("higher_means: more need", "higher_means: less need"),
        ("label: Engagement with frontline services, ", ""),
        ("label: Intentional self-harm, scores: [0, 1, 2, 3, 4]", "label: 3, scores: [0, one, 2, yes]"),
        ("{key: housing, label: Housing, ", "{key: housing, label: Housing, colour: blue, "),
        ("key: stress_anxiety,", "key: impulse_control,"),
        ("asks: sleeping_rough,", "asks: sleeping_badly,"),
        ("within_days: 14, source: local-default", "within_days: soon, source: local-default"),
        ("step_days: 7", "step_days: 0"),
        ("  - band: 3\n", "  - band: 4\n"),
        ("need: {at_most: 19}", "need: {at_most: 19.5, from: 3}"),
        ("label: medium need\n    source: local-default", "label: medium need\n    source: hearsay"),
    ]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    assert sorted(faults(folder, text)) == [
        ("bands[2].band", "is 4 and must be 3: bands are numbered from 1, in order"),
        ("bands[3].source", "hearsay is not a key of sources, nor local-default"),
        ("bands[4].when[0].need.at_most", "is not a whole number"),
        ("bands[4].when[0].need.from", "is not a key that is known here"),
        ("format", "is not assessment-scheme/1"),
        ("need.higher_means", "is not more need: scales that run the other way are never added"),
        ("need.items[0].label", "is missing"),
        ("need.items[1].label", "is not text; if it is meant to be, write it in quotes"),
        ("need.items[1].scores[1]", "is not a whole number"),
        ("need.items[1].scores[3]", "is not a whole number"),
        ("need.items[5].key", "impulse_control is used twice"),
        ("need.items[8].key", "impulse_control is used twice"),
        ("need.items[9].colour", "is not a key that is known here"),
        ("title", "is missing"),
        ("urgency[1].levels[0].within_days", "is not a whole number"),
        ("urgency[2].asks", "is none of immediate_safety, sleeping_rough"),
        ("version", "is not text; if it is meant to be, write it in quotes"),
        ("waiting.step_days", "is not from 1 to longest_days"),
    ]


def test_a_gap_between_bands_is_refused_though_something_else_is_wrong_too(folder):
    text = changed("need: {at_least: 30}", "need: {at_least: 31}").replace('version: "1"', "version: 1")
    where = "immediate_safety no, deadline none, sleeping_rough no, "
    assert faults(folder, text) == [
        ("version", "is not text; if it is meant to be, write it in quotes"),
        ("bands", f"gap: no band takes {where}need score 30"),
    ]


def test_an_overlap_between_bands_is_refused(folder):
    where = "immediate_safety no, deadline none, sleeping_rough no, "
    assert faults(folder, changed("need: {at_most: 19}", "need: {at_most: 21}")) == [
        ("bands", f"bands 4 and 5 overlap: {where}need score 20 to 21")
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("asks: immediate_safety, ", "", ("urgency[0].asks", "or soonest_of is needed, and not both")),
        (
            "asks: immediate_safety, ",
            "asks: immediate_safety, soonest_of: [duty_date], ",
            ("urgency[0].asks", "or soonest_of is needed, and not both"),
        ),
        (
            "{immediate_safety: yes}",
            "{immediate_safety: 1}",
            ("bands[0].when[0].immediate_safety", "is not the name of a level, or a list of names"),
        ),
        ("{immediate_safety: yes}", "7", ("bands[0].when[0]", "is not a mapping of keys to values")),
        ("      - {immediate_safety: yes}", "      -", ("bands[0].when[0]", "is empty")),
        (
            "label: Housing, scores: [0, ",
            "label: Housing, scores: [999999999, ",
            ("need.items[9].scores", "do not rise: a higher score must mean more need"),
        ),
        ('version: "1"', 'version: "1"\nversion: "2"', ("version", "is named twice")),
        (
            'version: "1"',
            "version: !!python/name:os.system",
            ("version", "is not a plain text, number or yes/no"),
        ),
        (
            "name: new-directions-team",
            "name: New Directions",
            ("name", "is not small letters, digits and hyphens"),
        ),
    ],
)
def test_what_yaml_allows_and_a_scheme_does_not_is_told_with_its_path(folder, old, new, fault):
    text = SHIPPED.replace(old, new, 1)
    assert text != SHIPPED
    assert fault in faults(folder, text)


@pytest.mark.parametrize("key", re.findall(r"^(\w+):", SHIPPED, re.MULTILINE))
def test_every_part_of_the_file_is_needed(folder, key):
    content = yaml.safe_load(SHIPPED)
    del content[key]
    assert (key, "is missing") in faults(folder, yaml.safe_dump(content))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("# nothing but a comment\n", "is empty"),
        ("- a list", "is not a mapping of keys to values"),
        ("just words", "is not a mapping of keys to values"),
        ("name: [unclosed", "is not YAML: expected ',' or ']', but got '<stream end>' at line 1, column 16"),
        ("a: 1\n---\nb: 2\n", "is not YAML: but found another document at line 2, column 1"),
        ("name: \0", "is not YAML: characters that YAML does not allow"),
        (b"name: \xff\xfe", "is not UTF-8 text at byte 6"),
        ("[" * 100_000, "is nested too deeply"),
        ("#" * 1_000_001, "is larger than 1000000 bytes"),
    ],
)
def test_what_is_no_scheme_file_at_all_is_refused_in_one_sentence(folder, text, problem):
    assert faults(folder, text) == [("", problem)]


def test_an_alias_that_would_grow_without_bound_is_refused_and_not_followed(folder):
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60))]
    told = faults(folder, "\n".join(lines))
    assert ("a59[1]", "repeats another part by an alias; write it out") in told


def test_a_folder_or_a_missing_file_is_told_as_such(folder):
    with pytest.raises(InvalidScheme, match="is not a regular file"):
        read_scheme(folder)
    with pytest.raises(InvalidScheme, match="does not exist"):
        read_scheme(folder / "missing.yaml")


@given(data=st.data())
def test_one_changed_value_gives_a_scheme_or_its_faults_and_nothing_else(folder, data):
    content = yaml.safe_load(SHIPPED)
    path = data.draw(st.sampled_from(sorted(places(content), key=str)))
    holder = content
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = data.draw(st.sampled_from(ODD))
    file = folder / "odd.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with suppress(InvalidScheme):
        read_scheme(file)


def places(value, path=()):
    """The path of every value inside."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))
