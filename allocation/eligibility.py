"""The rules that make a place unsuitable: each has a code, a sentence and a source.

They are hard: a place that fails one is not offered, whatever it costs and however many stand empty. The tier
is not among them, for any tier may be a person's first; it costs points (`allocation.preference`).

*Unknown is unknown.* Where a rule turns on a fact that nobody has recorded, the place is not offered, the
rule's code ends in ``_unknown``, and the sentence says which fact to record. Where the fact could not matter
(a service without age limits) its absence changes nothing.

Each rule is declared once, in `RULES`. What it asks of one pair and what it asks of all pairs at once is the
same comparison, made on numbers in one case and on arrays in the other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from allocation.preference import PAIRS_AT_ONCE, costs, distinct
from allocation.problem import LARGEST, Gender, Ints, Options, Person, Problem, Service

Flags: TypeAlias = NDArray[np.bool_]
Words: TypeAlias = frozenset[str | None]
Counts: TypeAlias = int | Ints
AgeLimits: TypeAlias = tuple[int, int]
Mine = TypeVar("Mine")
Theirs = TypeVar("Theirs")
Mine_contra = TypeVar("Mine_contra", contravariant=True)
Theirs_contra = TypeVar("Theirs_contra", contravariant=True)

NONE: Final[Words] = frozenset()
NOT_RECORDED: Final[Words] = frozenset({None})
"""What a service has in place of a word that ought to be recorded; nobody's own words hold it by chance."""


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """One rule that one place fails for one person: its code, and a sentence to read aloud.

    The sentence names the service and the fact. It names neither the person, nor an area they must avoid, nor
    where a service is: it may be read further afield than the record it comes from.
    """

    code: str
    sentence: str


class Comparison(Protocol[Mine_contra, Theirs_contra]):
    """How what is recorded of a person is held against what is recorded of a service."""

    def holds(self, mine: Mine_contra, theirs: Theirs_contra) -> bool:
        """Whether one person passes at one service."""
        ...

    def against(self, theirs: Sequence[Theirs_contra]) -> Callable[[Sequence[Mine_contra]], Flags]:
        """`holds` for each of some people with each of ``theirs``: a table, shape (people, len(theirs))."""
        ...


@dataclass(frozen=True, slots=True)
class WordComparison:
    """A comparison of two sets of words by how many they share and how many each has.

    passes
        Takes the shared, the person's and the service's number; numbers or arrays that broadcast.
    """

    passes: Callable[[Counts, Counts, Counts], bool | Flags]

    def holds(self, mine: Words, theirs: Words) -> bool:
        """Whether these two sets of words pass."""
        return bool(self.passes(len(mine & theirs), len(mine), len(theirs)))

    def against(self, theirs: Sequence[Words]) -> Callable[[Sequence[Words]], Flags]:
        """`holds` for each of some people with each of ``theirs``: a table, shape (people, len(theirs))."""
        holders, sizes = _holders(theirs), _sizes(theirs)[None, :]

        def table(mine: Sequence[Words]) -> Flags:
            shared = np.zeros((len(mine), len(theirs)), dtype=np.int64)
            for word, rows in _holders(mine).items():
                if word in holders:
                    shared[np.ix_(rows, holders[word])] += 1
            return np.asarray(self.passes(shared, _sizes(mine)[:, None], sizes), dtype=np.bool_)

        return table


@dataclass(frozen=True, slots=True)
class AgeComparison:
    """Whether an age lies within a service's limits. An age not known is -1, which only no limits hold."""

    def holds(self, mine: int, theirs: AgeLimits) -> bool:
        """Whether this age lies within these limits."""
        return theirs[0] <= mine <= theirs[1]

    def against(self, theirs: Sequence[AgeLimits]) -> Callable[[Sequence[int]], Flags]:
        """`holds` for each of some people with each of ``theirs``: a table, shape (people, len(theirs))."""
        least, most = np.array(theirs, dtype=np.int64).reshape(-1, 2).T

        def table(mine: Sequence[int]) -> Flags:
            age = np.array(mine, dtype=np.int64)[:, None]
            return (least <= age) & (age <= most)

        return table


NO_WORD_SHARED: Final = WordComparison(lambda shared, _mine, _theirs: shared == 0)
ONE_WORD_SHARED: Final = WordComparison(lambda shared, _mine, theirs: (shared > 0) | (theirs == 0))
"""Passes too where the service names no words: it is open to all."""
EVERY_WORD_OF_THE_PERSON: Final = WordComparison(lambda shared, mine, _theirs: shared == mine)
WITHIN_LIMITS: Final = AgeComparison()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Mine, Theirs]):
    """One thing that makes a place unsuitable.

    of_person, of_service, comparison
        What is recorded of each, and how the one is held against the other.
    says
        What the service asks and this person does not meet; a sentence without its full stop.
    missing
        The facts that are not recorded and that decide, where the comparison does not pass.
    always
        Holds even where the problem lists its own options, to which attribute rules do not apply.
    source
        Where the rule comes from.
    """

    code: str
    of_person: Callable[[Person], Mine]
    of_service: Callable[[Service], Theirs]
    comparison: Comparison[Mine, Theirs]
    says: Callable[[Person, Service], str]
    missing: Callable[[Person, Service], tuple[str, ...]] | None = None
    always: bool = False
    source: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes this rule may give: its own and, if it turns on a fact that may be missing, that."""
        return (self.code,) if self.missing is None else (self.code, f"{self.code}_unknown")

    def failure(self, person: Person, service: Service) -> Unsuitable | None:
        """Why this person may not be placed in this service under this rule, or ``None``."""
        if self.comparison.holds(self.of_person(person), self.of_service(service)):
            return None
        says, missing = self.says(person, service), self.missing(person, service) if self.missing else ()
        if not missing:
            return Unsuitable(self.code, f"{says}.")
        return Unsuitable(f"{self.code}_unknown", f"{says}: record {' and '.join(missing)} first.")

    def sieve(self, services: Sequence[Service]) -> Callable[[Sequence[Person]], Flags]:
        """The rule made ready for these services: for people, whether each may be placed in each service.

        What comes back has the shape (people, services). Only different facts are compared, however many
        people and services share them.
        """
        theirs, column = distinct(map(self.of_service, services))
        table = self.comparison.against(theirs)

        def passing(people: Sequence[Person]) -> Flags:
            mine, row = distinct(map(self.of_person, people))
            return table(mine)[:, column][row]

        return passing


def unsuitable(problem: Problem, person: Person, service: Service) -> tuple[Unsuitable, ...]:
    """Every rule that this place fails for this person, in the order of `RULES`; none if it is suitable.

    Where ``problem`` lists its own options only the rules that always hold are asked: pool gender, and that
    nobody stays in a service that is closing to them.
    """
    rules = (rule for rule in RULES if rule.always or problem.options is None)
    failures = (rule.failure(person, service) for rule in rules)
    return tuple(failure for failure in failures if failure is not None)


def derived_options(problem: Problem) -> Options:
    """Every suitable pair with its cost, by person and then service, from attributes alone.

    ``problem.options`` is not looked at. ``units`` is 0: the person's own. Working memory stays bounded
    whatever the size; the answer takes 32 bytes for each suitable pair.
    """
    person, service = suitable_pairs(problem)
    cost = costs(problem, person, service)
    return Options(person=person, service=service, cost=cost, units=np.zeros_like(cost))


def suitable_pairs(problem: Problem) -> tuple[Ints, Ints]:
    """Positions (person, service) of the pairs that fail no rule, by person and then service."""
    sieves = [rule.sieve(problem.services) for rule in RULES]
    step = max(1, PAIRS_AT_ONCE // max(1, len(problem.services)))
    found = [
        _passing_all(sieves, problem.people[start : start + step]) + np.array([[start], [0]])
        for start in range(0, max(1, len(problem.people)), step)
    ]
    person, service = np.concatenate(found, axis=1)
    return person, service


def _passing_all(sieves: Sequence[Callable[[Sequence[Person]], Flags]], people: Sequence[Person]) -> Ints:
    """Positions of the pairs that pass every sieve: shape (2, pairs)."""
    passing = sieves[0](people)
    for sieve in sieves[1:]:
        passing &= sieve(people)
    return np.array(np.nonzero(passing), dtype=np.int64)


def _holders(sets: Sequence[Words]) -> dict[str | None, list[int]]:
    """For each word, the positions of the sets that have it."""
    holders: dict[str | None, list[int]] = {}
    for at, words in enumerate(sets):
        for word in words:
            holders.setdefault(word, []).append(at)
    return holders


def _sizes(sets: Sequence[Words]) -> Ints:
    return np.fromiter(map(len, sets), dtype=np.int64, count=len(sets))


# -------------------------------------------------------------------------------------- the rules' facts


def _age_limits(service: Service) -> AgeLimits:
    least, most = service.min_age or 0, service.max_age
    if least == 0 and most is None:
        return -1, LARGEST
    return least, LARGEST if most is None else most


def _areas_to_avoid(person: Person) -> Words:
    return person.avoid_areas | NOT_RECORDED if person.avoid_areas else NONE


def _own_people(service: Service) -> Words:
    return frozenset({service.authority}) if service.direct_access else NONE


def _one(word: str | None) -> Words:
    return NONE if word is None else frozenset({word})


def _genders_fitting(person: Person) -> Words:
    return frozenset({Gender.ANY.value, Gender.SAME.value}) | _one(person.gender)


def _genders_of_pools(service: Service) -> Words:
    return frozenset(pool.gender.value for pool in service.pools)


def _service_left(person: Person) -> Words:
    return _one(person.current_service) if person.must_leave else NONE


# ---------------------------------------------------------------------------------- the rules' sentences


def _listed(words: Iterable[str], joint: str = "and") -> str:
    *others, last = sorted(words)
    return f"{', '.join(others)} {joint} {last}" if others else last


def _says_age(_: Person, service: Service) -> str:
    least, most = service.min_age or 0, service.max_age
    if most is None:
        return f"{service.id} takes only people aged {least} or over"
    return f"{service.id} takes only people aged {f'{least} to {most}' if least else f'{most} or under'}"


def _says_area(_: Person, service: Service) -> str:
    may = "is" if service.authority is not None else "may be"
    return f"{service.id} {may} in an area the person must avoid"


def _says_gender(_: Person, service: Service) -> str:
    who = {Gender.FEMALE.value: "women", Gender.MALE.value: "men"}
    return f"{service.id} has units only for {_listed({who[pool.gender] for pool in service.pools})}"


def _unrecorded(what: str, value: object) -> tuple[str, ...]:
    return () if value is not None else (what,)


def _unknown_authorities(person: Person, service: Service) -> tuple[str, ...]:
    ours = _unrecorded("the person's authority", person.authority)
    return ours + _unrecorded(f"the authority of {service.id}", service.authority)


RULES: Final = (
    Rule(
        code="client_group",
        of_person=lambda person: person.client_groups,
        of_service=lambda service: service.client_groups,
        comparison=ONE_WORD_SHARED,
        says=lambda _, service: f"{service.id} takes only {_listed(service.client_groups, 'or')}",
        missing=lambda person, _: () if person.client_groups else ("the person's client group",),
        source="the lots of Birmingham's Gateway (scrutiny inquiry on third-sector commissioning, 2015)",
    ),
    Rule(
        code="age",
        of_person=lambda person: -1 if person.age is None else person.age,
        of_service=_age_limits,
        comparison=WITHIN_LIMITS,
        says=_says_age,
        missing=lambda person, _: _unrecorded("the person's age", person.age),
        source="the service's specification, as young people's lots have one (the same inquiry)",
    ),
    Rule(
        code="access_needs",
        of_person=lambda person: person.access_needs,
        of_service=lambda service: service.features,
        comparison=EVERY_WORD_OF_THE_PERSON,
        says=lambda person, service: (
            f"{service.id} does not offer {_listed(person.access_needs - service.features, 'or')}"
        ),
        source="placement-problem/1: a place that the person cannot use is no place",
    ),
    Rule(
        code="cannot_manage",
        of_person=lambda person: person.tags,
        of_service=lambda service: service.cannot_manage,
        comparison=NO_WORD_SHARED,
        says=lambda person, service: (
            f"{service.id} cannot manage {_listed(person.tags & service.cannot_manage)}"
        ),
        source="the same inquiry: a risk that the provider has said it cannot manage",
    ),
    Rule(
        code="avoid_services",
        of_person=lambda person: person.avoid_services,
        of_service=lambda service: _one(service.id),
        comparison=NO_WORD_SHARED,
        says=lambda _, service: f"{service.id} is a service the person must avoid",
        source="placement-problem/1: exclusions, and people the person must not meet",
    ),
    Rule(
        code="avoid_areas",
        of_person=_areas_to_avoid,
        of_service=lambda service: frozenset({service.authority}),
        comparison=NO_WORD_SHARED,
        says=_says_area,
        missing=lambda _, service: _unrecorded(f"the authority of {service.id}", service.authority),
        source="Domestic Abuse Act 2021, Part 4, statutory guidance: a victim may need a safe distance",
    ),
    Rule(
        code="direct_access",
        of_person=lambda person: _one(person.authority),
        of_service=_own_people,
        comparison=ONE_WORD_SHARED,
        says=lambda _, service: f"{service.id} is direct access, for people of its own authority alone",
        missing=_unknown_authorities,
        source="West London Joint Commissioning Protocol: direct access stands outside the arrangement",
    ),
    Rule(
        code="gender",
        of_person=_genders_fitting,
        of_service=_genders_of_pools,
        comparison=ONE_WORD_SHARED,
        says=_says_gender,
        missing=lambda person, _: _unrecorded("the person's gender", person.gender),
        always=True,
        source="placement-problem/1, Pools: however many units a pool has today, it may have more tomorrow",
    ),
    Rule(
        code="must_leave",
        of_person=_service_left,
        of_service=lambda service: _one(service.id),
        comparison=NO_WORD_SHARED,
        says=lambda _, service: f"{service.id} is closing to the person, who must leave it",
        always=True,
        source="placement-problem/1, People: staying is not an option",
    ),
)
"""All the rules there are, in the order in which a person would ask them."""
