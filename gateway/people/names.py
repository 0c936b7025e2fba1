"""Names made comparable: letters of any script, accents, hyphens, apostrophes, sounds and short forms.

Letters of other scripts are written in Latin ones by ``anyascii``; the sound is Lawrence Philips's Metaphone
(*Computer Language* 7(12), 1990) by ``jellyfish``; short forms (Bill, William) are those of ``nicknames``.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import jellyfish
from anyascii import anyascii
from nicknames import NickNamer

MOST_WORDS = 4
"""Of one name, those that count; a longer one is compared as a whole besides."""

_APART = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02bb`\u00b4]")  # typed for one another


def words(name: str | None) -> tuple[str, ...]:
    """The words of a name in small Latin letters: ``O'Brien-Łuk`` is ``obrien``, ``luk``; unknown: none."""
    if name is None:
        return ()
    plain = anyascii(_APOSTROPHES.sub("", unicodedata.normalize("NFKC", name)))
    return tuple(each for each in _APART.split(_APOSTROPHES.sub("", plain).lower()) if each)


def spellings(name: str | None) -> tuple[str, ...]:
    """Its words, and all of them as one: ``Mary-Jane`` is also ``maryjane``."""
    found = words(name)
    return (*found[:MOST_WORDS], "".join(found)) if len(found) > 1 else found


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """How a word sounds, equal for words that sound alike; an initial, or what has no sound, is itself."""
    return (jellyfish.metaphone(word).replace(" ", "") if len(word) > 1 else "") or word


@lru_cache(maxsize=50_000)
def short_forms(word: str) -> frozenset[str]:
    """Other forms of one forename: ``bill`` has ``william``, and ``william`` has ``bill``."""
    namer = _namer()
    return frozenset(namer.nicknames_of(word) | namer.canonicals_of(word)) - {word}


@cache
def _namer() -> NickNamer:
    return NickNamer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The words of somebody's names."""

    forename: tuple[str, ...]
    surname: tuple[str, ...]
    known_as: tuple[str, ...]

    @staticmethod
    def of(forename: str | None, surname: str | None, known_as: str | None) -> "Names":
        """Those of the names as they are written."""
        return Names(forename=words(forename), surname=words(surname), known_as=words(known_as))
