"""Blind index keys: by which people are found again though nothing of them can be read in the database.

A key is a keyed digest (``gateway.storage.sealing``) of one of these texts:

- ``sound``: the sound of one word of a name (for search);
- ``sounds``: the sounds of two words, whichever stands first;
- ``sound_letter``: the sound of one word and the first letter of another (where no date of birth is given);
- ``sound_year``, ``sound_day``: a sound with the year of birth, or with the day and month in either order;
- ``born``: the date of birth;
- ``reference:…``: a number.

Forename, surname and date of birth are three facts, of which any two that agree lead to the person, and the
date alone does; a date with one wrong digit still agrees in its year or in its day and month.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from types import MappingProxyType

from sqlalchemy import Delete, bindparam, case, delete, func, insert, or_, select

from gateway.people.details import PersonDetails
from gateway.people.names import Names, short_forms, sound, spellings
from gateway.people.references import Reference
from gateway.people.tables import PersonKeyRow
from gateway.storage.work import Work

MOST_WORDS_PAIRED = 8
"""Of one person's names, those words that are filed in pairs."""

_REFERENCE = "reference:"

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {"sound": 1, "sounds": 4, "sound_letter": 1, "sound_year": 3, "sound_day": 3, "born": 5}
)
"""How much an equal key counts where more people share one than can be compared; a reference counts most."""

_REFERENCE_WEIGHT = 20


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What is digested: the kind of key and its text, which never reach the database in the clear."""

    kind: str
    text: str


def filed_keys(details: PersonDetails) -> frozenset[Key]:
    """The keys under which somebody is filed."""
    return filed_under(
        (details.forename, details.surname, details.known_as), details.born, details.references
    )


def filed_under(
    names: tuple[str | None, str | None, str | None], born: date | None, references: Iterable[Reference]
) -> frozenset[Key]:
    """The keys of a forename, a surname and what somebody is known as, a date of birth and numbers."""
    forename, surname, known_as = (spellings(name) for name in names)
    # Once as a forename and once as a surname, so that Ali Ali is a pair, and Zoe known as Zoe is none.
    heard = [(sound(word), word[0]) for some in ({*forename, *known_as}, {*surname}) for word in sorted(some)]
    return frozenset(_keys(heard, born, references))


def keys_sought(details: PersonDetails) -> frozenset[Key]:
    """The keys under which somebody like this may be filed.

    Their own, but for single sounds, which too many share, and for those that stand in for a date of birth if
    there is one; with the forename's short forms; and with day and month of birth taken for each other.
    """
    without = {"sound"} if details.born is None else {"sound", "sound_letter"}
    own = {key for key in filed_keys(details) if key.kind not in without}
    given = Names.of(details.forename, details.surname, details.known_as)
    forms = {sound(form) for word in (*given.forename, *given.known_as) for form in short_forms(word)}
    surnames = {sound(word) for word in spellings(details.surname)}
    own |= {_pair(form, surname) for form in forms for surname in surnames}
    return frozenset(own | set(born_keys(details.born)))


def born_keys(born: date | None) -> Iterator[Key]:
    """The date of birth, and the one with day and month taken for each other."""
    for each in (born, swapped(born)):
        if each is not None:
            yield Key("born", each.isoformat())


def swapped(day: date | None) -> date | None:
    """The date with day and month taken for each other, if there is such a date and it is another."""
    if day is None or day.day > 12 or day.day == day.month:
        return None
    return day.replace(month=day.day, day=day.month)


def reference_key(reference: Reference) -> Key:
    """The key of a number in its normal form."""
    return Key(f"{_REFERENCE}{reference.kind.value}", reference.value)


def sound_keys(words: Iterable[str]) -> frozenset[Key]:
    """Single sounds and pairs of them, for names of which nobody says which is which."""
    heard = [(sound(word), word[0]) for word in sorted(set(words))]
    return frozenset(key for key in _keys(heard, None, ()) if key.kind != "sound_letter")


def _keys(
    heard: Sequence[tuple[str, str]], born: date | None, references: Iterable[Reference]
) -> Iterator[Key]:
    """Those of words, each as its sound and its first letter."""
    for (one, first), (other, second) in combinations(heard[:MOST_WORDS_PAIRED], 2):
        yield _pair(one, other)
        yield Key("sound_letter", f"{one}|{second}")
        yield Key("sound_letter", f"{other}|{first}")
    for each, _ in heard:
        yield Key("sound", each)
        if born is not None:
            early, late = sorted((born.day, born.month))
            yield Key("sound_year", f"{each}|{born.year}")
            yield Key("sound_day", f"{each}|{early:02}{late:02}")
    if born is not None:
        yield Key("born", born.isoformat())
    yield from (reference_key(each) for each in references)


def _pair(one: str, other: str) -> Key:
    return Key("sounds", "|".join(sorted((one, other))))


def candidates(work: Work, keys: Iterable[Key], most: int) -> tuple[str, ...]:
    """Ids of the people filed under most of these keys, the likeliest first, in one query; then by id."""
    digests: dict[str, list[str]] = {}
    for key in sorted(keys):
        digests.setdefault(key.kind, []).append(work.keys.digest(key.kind, key.text))
    if not digests:
        return ()
    weight = func.sum(
        case(*((PersonKeyRow.kind == kind, each) for kind, each in WEIGHTS.items()), else_=_REFERENCE_WEIGHT)
    )
    under = or_(
        *((PersonKeyRow.kind == kind) & PersonKeyRow.digest.in_(some) for kind, some in digests.items())
    )
    query = select(PersonKeyRow.person_id).where(under).group_by(PersonKeyRow.person_id)
    return tuple(work.all(query.order_by(weight.desc(), PersonKeyRow.person_id).limit(most)))


def file_keys(work: Work, keys: Mapping[str, Iterable[Key]]) -> None:
    """File people under these keys and no others. The caller has written what they are drawn from.

    The keys are drawn from details whose event stands already, and are no facts of their own. They are kept
    out of the events on purpose: events are never erased, and whoever has the index key can guess a date of
    birth or a number from its digest.
    """
    wanted = {
        (person, key.kind, work.keys.digest(key.kind, key.text))
        for person, some in keys.items()
        for key in some
    }
    table = PersonKeyRow
    filed = {
        (row.person_id, row.kind, row.digest)
        for row in work.session.execute(
            select(table.person_id, table.kind, table.digest).where(table.person_id.in_(keys))
        )
    }
    if gone := filed - wanted:
        work.session.execute(_remove(), [_bound("b_", each) for each in sorted(gone)])
    if new := wanted - filed:
        work.session.execute(insert(_TABLE), [_bound("", each) for each in sorted(new)])


_TABLE = PersonKeyRow.metadata.tables[PersonKeyRow.__tablename__]


def _remove() -> Delete:
    """One key; of the table and not of its rows, because nobody holds one as a row."""
    return delete(_TABLE).where(*(_TABLE.c[name] == bindparam(f"b_{name}") for name in _COLUMNS))


_COLUMNS = ("person_id", "kind", "digest")


def _bound(prefix: str, values: tuple[str, str, str]) -> dict[str, str]:
    return {f"{prefix}{name}": value for name, value in zip(_COLUMNS, values, strict=True)}
