"""The picture in README.md shows what the demonstration answers today.

A picture keeps, in a text chunk of its own, the words that it shows. If the page no longer says the same, the
picture is stale, and this takes it anew:

    UPDATE_PICTURES=1 python3 dev.py test tests/journeys/test_pictures.py

Pixels are not compared, for they differ with the fonts of a machine.
"""

import os
import struct
import zlib

import pytest

from tests.api.running import ROOT, gateway

PICTURE = ROOT / "docs" / "emergency.png"
WIDTH, HEIGHT = 1280, 1135
SHOWN = "h1, .where, .lede, .figures li, .contents li, section:has(#places)"
"""What of the page stands in the picture."""

KEYWORD = b"Shows"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunks(png):
    """Each chunk of a PNG file: its kind and its content."""
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_words(png, words):
    """The picture with the words that it shows in an ``iTXt`` chunk before its end."""
    told = chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + words.encode())
    return SIGNATURE + b"".join(
        (told if kind == b"IEND" else b"") + chunk(kind, content) for kind, content in chunks(png)
    )


def words_of(png):
    (content,) = [content for kind, content in chunks(png) if kind == b"iTXt" and content.startswith(KEYWORD)]
    return content.removeprefix(KEYWORD + b"\0\0\0\0\0").decode()


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """The demonstration's page at a desk, as the command writes it with nothing but a day given."""
    written = tmp_path_factory.mktemp("picture") / "emergency.html"
    answer = gateway("demo", "--on", "2026-01-15", "--out", written, "--quiet")
    assert answer.status == 0, answer.err
    tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    tab.goto(written.as_uri())
    yield tab
    tab.close()


@pytest.mark.browser
def test_the_picture_in_the_readme_shows_what_the_demonstration_answers_today(page):
    words = "\n".join(page.locator(SHOWN).all_inner_texts())
    if os.environ.get("UPDATE_PICTURES"):
        PICTURE.write_bytes(with_words(page.screenshot(), words))
    assert words_of(PICTURE.read_bytes()) == words, "stale: see the top of this file"


@pytest.mark.browser
def test_all_that_the_picture_is_said_to_show_stands_in_it(page):
    boxes = [each.bounding_box() for each in page.locator(SHOWN).all()]
    assert max(box["y"] + box["height"] for box in boxes) <= HEIGHT


def test_the_readme_shows_the_picture_with_words_for_whoever_cannot_see_it():
    kind, size = next(chunks(PICTURE.read_bytes()))
    assert (kind, struct.unpack(">II", size[:8])) == (b"IHDR", (WIDTH, HEIGHT))
    (line,) = [
        each
        for each in (ROOT / "README.md").read_text().splitlines()
        if each.endswith("](docs/emergency.png)")
    ]
    assert len(line.removeprefix("![").removesuffix("](docs/emergency.png)")) > 30
