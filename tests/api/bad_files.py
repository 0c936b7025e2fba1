"""Files that are no placement problem, each with words that must be in what is said of it."""

WHOLE = b'{"format": "placement-problem/1", "people": [], "services": []}'
TWICE = b'{"format": "placement-problem/1", "services": [], "people": [{"id": "p"}, {"id": "p"}]}'
DANGLING = (
    b'{"format": "placement-problem/1", "services": [], "people": [{"id": "p", "current_service": "gone"}]}'
)
NEGATIVE = (
    b'{"format": "placement-problem/1", "people": [], '
    b'"services": [{"id": "s", "pools": [{"id": "u", "units": -1}]}]}'
)

BAD_PROBLEMS = {
    "bad-json": (b'{"format": ', "is not JSON"),
    "nan": (
        b'{"format": "placement-problem/1", "people": [{"id": "p", "score": NaN}], "services": []}',
        "NaN",
    ),
    "unknown-key": (b'{"format": "placement-problem/1", "people": [], "services": [], "more": 1}', "more"),
    "duplicate-id": (TWICE, "people[1].id"),
    "dangling-reference": (DANGLING, "people[0].current_service"),
    "negative": (NEGATIVE, "services[0].pools[0].units"),
    "deep-nesting": (b"[" * 10_000_000, "nested too deeply"),
    "empty": (b"", "is empty"),
    "wrong-format": (WHOLE.replace(b"problem", b"plan"), "placement-problem/1"),
    "a-list": (b"[]", "object"),
    "not-utf-8": (b'{"format": "\xff"}', "UTF-8"),
    "byte-order-mark": (b"\xef\xbb\xbf" + WHOLE, "byte order mark"),
    "repeated-key": (WHOLE.replace(b"{", b'{"people": [], ', 1), "more than once"),
}
