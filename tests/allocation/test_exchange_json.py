"""JSON is read strictly and written in one piece, or not at all."""

import json
import resource
import time

import pytest
from hypothesis import given

from allocation.exchange import InvalidDocument, dumps, parse, problem_in, read_plan, read_problem
from allocation.exchange.strict_json import write_document
from tests.allocation.exchange_documents import json_values


def refused(data):
    """What is wrong with this JSON, one line a fault."""
    with pytest.raises(InvalidDocument) as caught:
        parse(data)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "the document is empty"),
        (b" \n\t", "the document is empty"),
        (b"\xef\xbb\xbf{}", "the document starts with a byte order mark; save it as UTF-8 without one"),
        ("{}".encode("utf-16"), "the document is not UTF-8: byte 0 does not belong to any character"),
        (b'{"a": "\xe9"}', "the document is not UTF-8: byte 7 does not belong to any character"),
        (
            b'{"a": 1,}',
            "the document is not JSON: Expecting property name enclosed in double quotes, line 1, column 9",
        ),
        (b'{\n"a" 1}', "the document is not JSON: Expecting ':' delimiter, line 2, column 5"),
        (b"{} {}", "the document is not JSON: Extra data, line 1, column 4"),
        (
            b"{'a': 1}",
            "the document is not JSON: Expecting property name enclosed in double quotes, line 1, column 2",
        ),
        (b'"a\nb"', "the document is not JSON: Invalid control character at, line 1, column 3"),
        (b"NaN", "the document is NaN, which is not JSON"),
        (b"[1, NaN]", "[1]: is NaN, which is not JSON"),
        (b'{"a": {"b": [-Infinity]}}', "a.b[0]: is -Infinity, which is not JSON"),
        (b'{"a": 1e999}', "a: is a number too large to hold"),
        (b'{"a": 1, "b": 2, "a": 3}', "a: is given more than once"),
        (b'{"a b": {"c": 1, "c": 1}}', '["a b"].c: is given more than once'),
        (b'{"a": ' + b"-" + b"7" * 5000 + b"}", "a: is a whole number of 5000 digits"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_the_place(data, fault):
    assert refused(data) == [fault]


def test_everything_that_has_a_place_is_told_at_once_in_the_order_of_the_document():
    data = b'{"a": [NaN, {"b": 1, "b": 2}], "c": 1e400, "d": %s, "a": [Infinity]}' % (b"1" * 4301)
    assert refused(data) == [
        "a: is given more than once",
        "a[0]: is Infinity, which is not JSON",
        "c: is a number too large to hold",
        "d: is a whole number of 4301 digits",
    ]


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_ten_megabytes_of_nesting_are_refused_quickly(opening):
    started = time.perf_counter()
    assert refused(opening * (10_000_000 // len(opening))) == ["the document is nested too deeply"]
    assert time.perf_counter() - started < 2


def test_ten_megabytes_of_digits_are_refused_quickly():
    started = time.perf_counter()
    assert refused(b"1" * 10_000_000) == ["the document is a whole number of 10000000 digits"]
    assert time.perf_counter() - started < 2


def test_a_long_whole_number_that_python_can_read_is_read():
    assert parse(b"9" * 4300) == 10**4300 - 1


@given(value=json_values)
def test_strict_json_is_read_as_python_reads_it(value):
    assert parse(json.dumps(value).encode()) == value


@pytest.mark.parametrize("read", [read_problem, read_plan])
def test_a_missing_file_and_a_directory_are_named(tmp_path, read):
    with pytest.raises(InvalidDocument, match=r"plan\.json: cannot be read: No such file or directory"):
        read(tmp_path / "plan.json")
    with pytest.raises(InvalidDocument, match="cannot be read: Is a directory"):
        read(tmp_path)


def test_faults_of_json_and_of_the_problem_are_told_together():
    data = b"""{"format": "placement-problem/1", "services": [],
        "people": [{"id": "a", "id": "b", "band": NaN}, {"id": "b", "score": -1, "mood": Infinity}]}"""
    with pytest.raises(InvalidDocument) as caught:
        problem_in(data)
    assert str(caught.value).splitlines() == [
        "people[0].id: is given more than once",
        "people[0].band: is NaN, which is not JSON",
        "people[1].mood: is Infinity, which is not JSON",
        "people[1].score: is -1, must be from 0 to 1000000000",
        "people[1].mood: is not a key of this format here",
        "people[1].id: repeats 'b', already at people[0]",
    ]


# ---------------------------------------------------------------------------------------------- writing


@given(value=json_values)
def test_what_is_written_reads_back(value):
    text = dumps(value)
    assert text.endswith("\n")
    assert parse(text.encode()) == value


def test_each_record_stands_on_one_line():
    document = {
        "format": "x",
        "rows": [{"id": 1, "tags": ["é"]}, {"id": 2}],
        "empty": [],
        "summary": {"by": {"1": [0, 1]}},
        "groups": [[{"a": 1}, {"b": 2}], []],
        "limits": {"moves": 1},
    }
    assert dumps(document) == (
        "{\n"
        '  "format": "x",\n'
        '  "rows": [\n'
        '    {"id": 1, "tags": ["é"]},\n'
        '    {"id": 2}\n'
        "  ],\n"
        '  "empty": [],\n'
        '  "summary": {\n'
        '    "by": {\n'
        '      "1": [0, 1]\n'
        "    }\n"
        "  },\n"
        '  "groups": [\n'
        "    [\n"
        '      {"a": 1},\n'
        '      {"b": 2}\n'
        "    ],\n"
        "    []\n"
        "  ],\n"
        '  "limits": {"moves": 1}\n'
        "}\n"
    )


@pytest.mark.parametrize(
    "value", [float("nan"), {"a": [float("inf")]}, {"a": object()}, {1: [2]}, {"a": {2: [3]}}]
)
def test_what_is_not_json_cannot_be_written_and_the_old_file_stays(tmp_path, value):
    path = tmp_path / "plan.json"
    path.write_text("old")
    with pytest.raises((ValueError, TypeError)):
        write_document(value, path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"plan.json": "old"}


def test_a_new_file_takes_the_place_of_the_old_one_and_is_its_owners_alone(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("old")
    write_document({"a": "ü"}, path)
    assert [file.name for file in tmp_path.iterdir()] == ["plan.json"]
    assert path.read_bytes() == '{"a": "ü"}\n'.encode()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_missing_folder_and_a_folder_in_the_way_are_named_and_nothing_is_left_behind(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        write_document({}, tmp_path / "nowhere" / "plan.json")
    assert caught.value.filename == str(tmp_path / "nowhere" / "plan.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_document({}, tmp_path / "folder")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


def test_a_disk_that_refuses_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_document("x" * 100_000, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"plan.json": "old"}
