"""What a region's population is drawn from: published figures, and the settings that are ours."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields

from scenarios.region_files import RegionFolder, Row

AGE_BANDS = ((16, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 74), (75, 89))
"""First and last age of the bands of ``households.csv``; the last, open in the source, is closed at 89."""

HOUSEHOLDS = (
    "single_adult_male",
    "single_adult_female",
    "single_parent_male",
    "single_parent_female",
    "couple_children",
    "couple_no_children",
    "three_adults_children",
    "three_adults_no_children",
)
"""Household types of H-CLIC tables A5P and A5R."""

COUNT_CLASSES = ("1", "2", "3+")
NEED_HOUSEHOLDS = ("any", "women-or-children")

DRAWN_FROM_NEEDS = (
    "domestic_abuse",
    "offending_history",
    "physical_health_disability",
    "rough_sleeping_history",
)
DRAWN_FROM_ANSWERS = ("risk_to_others",)
DRAWN_TAGS = ("arson", "sexual-offences", "violence", "exploitation", "high-risk")
DRAWN_GROUPS = ("complex-needs", "single-homeless", "homeless-families", "gang-violence", "travellers")
"""Names that circumstances are drawn by or given: every region must have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """Households owed a duty by one authority, by age of the main applicant and by type."""

    authority: str
    owed_duty: int
    ages: tuple[int, ...]
    types: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A support need, how many households have it, and who may.

    through_child_from_age
        The need may also be a child's where the main applicant is at least this old.
    certain
        Everybody of these ages has it.
    women_times, complexity
        How much likelier among women, and (in logarithms) among households of several needs.
    """

    name: str
    households: int
    client_group: str | None
    min_age: int
    max_age: int | None
    household: str
    through_child_from_age: int | None
    certain: bool
    women_times: float
    complexity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A share of the people with a need carry a tag."""

    tag: str
    need: str
    share: float
    women_times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How an assessment item's answer goes up with needs, in points of 0 to 4; ``top`` 8 doubles it."""

    item: str
    top: int
    base: float
    each_need: float
    needs: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationSettings:
    """The values of ``population.yaml``, each explained there: shares are from 0 to 1."""

    single_adult_share: float
    outsider_share: float
    traveller_share: float
    large_family: float
    most_needs: float
    unknown_authority: float
    unknown_age: float
    unknown_gender: float
    other_gender: float
    unknown_safety: float
    unknown_rough: float
    unscored: float
    duty_share: float
    duty_days: float
    leaving_institution: float
    discharge_within_days: float
    rough_with_history: float
    rough_without: float
    unsafe_domestic_abuse: float
    unsafe_exploited: float
    unsafe_otherwise: float
    wait_mean_days: float
    severity_spread: float
    answer_spread: float
    hub_from_need: float
    floating_to_need: float
    unknown_tier: float
    avoid_home_domestic_abuse: float
    avoid_home_gangs: float
    avoid_service: float
    prefers: float
    gang_share: float
    step_free_of_physical: float
    dog: float
    night_staff_of_hub: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything a population is drawn from.

    need_classes
        Households with one, two, and three or more needs.
    """

    households: tuple[Households, ...]
    needs: tuple[Need, ...]
    need_classes: tuple[int, ...]
    risks: tuple[Risk, ...]
    answers: tuple[Answer, ...]
    settings: PopulationSettings


_HOUSEHOLDS = ("gss", "owed_duty", *(f"age_{first}_{last}" for first, last in AGE_BANDS[:-1]), "age_75_plus")
_NEEDS = (
    *("need", "households", "client_group", "min_age", "max_age", "household", "through_child_from_age"),
    *("certain", "women_times", "complexity", "source"),
)
RISK_COLUMNS = ("tag", "title", "need", "share", "women_times", "source")


def read_profile(
    folder: RegionFolder,
    *,
    authorities: Collection[str],
    partners: Collection[str],
    groups: Collection[str],
    tags: Collection[str],
) -> Profile:
    """Read what a population is drawn from; faults are noted in the folder."""
    needs = tuple(_needs(folder, groups))
    names = [need.name for need in needs]
    classes = dict(_need_classes(folder))
    profile = Profile(
        households=tuple(_households(folder, authorities)),
        needs=needs,
        need_classes=tuple(classes.get(name, 0) for name in COUNT_CLASSES),
        risks=tuple(_risks(folder, names)),
        answers=tuple(_answers(folder, names)),
        settings=_settings(folder),
    )
    _check_all(folder, "households.csv", partners, [each.authority for each in profile.households])
    _check_all(folder, "need_counts.csv", COUNT_CLASSES, classes)
    _check_all(folder, "needs.csv", DRAWN_FROM_NEEDS, names)
    _check_all(folder, "client_groups.csv", DRAWN_GROUPS, groups)
    _check_all(folder, "risks.csv", DRAWN_TAGS, tags)
    _check_all(folder, "answers.csv", DRAWN_FROM_ANSWERS, [each.item for each in profile.answers])
    return profile


def _check_all(folder: RegionFolder, file: str, wanted: Collection[str], there: Collection[str]) -> None:
    """Note what a file must have, because a population is drawn by it, and has not."""
    for name in wanted:
        if name not in there:
            folder.faults.append(f"{file}: has no row {name}")


def _need_classes(folder: RegionFolder) -> Iterator[tuple[str, int]]:
    for row in folder.rows("need_counts.csv", ("needs", "households", "source")):
        yield row.one_of("needs", COUNT_CLASSES), row.whole("households", least=1)


def _households(folder: RegionFolder, authorities: Collection[str]) -> Iterator[Households]:
    for row in folder.rows("households.csv", (*_HOUSEHOLDS, *HOUSEHOLDS, "source")):
        each = Households(
            authority=row.one_of("gss", authorities),
            owed_duty=row.whole("owed_duty", least=1),
            ages=tuple(row.whole(column) for column in _HOUSEHOLDS[2:]),
            types=tuple(row.whole(column) for column in HOUSEHOLDS),
        )
        alone = sum(each.types[at] for at, kind in enumerate(HOUSEHOLDS) if kind.startswith("single_adult"))
        if not sum(each.ages) or not alone or alone == sum(each.types):
            row.fault("gss", "needs households of some age, of single adults and of others")
        yield each


def _needs(folder: RegionFolder, groups: Collection[str]) -> Iterator[Need]:
    for row in folder.rows("needs.csv", _NEEDS):
        yield Need(
            name=row.text("need"),
            households=row.whole("households", least=1),
            client_group=row.one_of("client_group", ("", *groups)) or None,
            min_age=row.whole("min_age"),
            max_age=row.whole_or_none("max_age"),
            household=row.one_of("household", NEED_HOUSEHOLDS),
            through_child_from_age=row.whole_or_none("through_child_from_age"),
            certain=row.yes("certain"),
            women_times=row.number("women_times", least=0),
            complexity=row.number("complexity"),
        )


def _risks(folder: RegionFolder, needs: Collection[str]) -> Iterator[Risk]:
    for row in folder.rows("risks.csv", RISK_COLUMNS):
        if row.cells["need"]:
            yield Risk(
                tag=row.text("tag"),
                need=row.one_of("need", needs),
                share=row.number("share", least=0),
                women_times=row.number("women_times", least=0),
            )


def _answers(folder: RegionFolder, needs: Collection[str]) -> Iterator[Answer]:
    for row in folder.rows("answers.csv", ("item", "top", "base", "each_need", "needs", "source")):
        yield Answer(
            item=row.text("item"),
            top=int(row.one_of("top", ("4", "8")) == "8") * 4 + 4,
            base=row.number("base"),
            each_need=row.number("each_need"),
            needs=dict(_loadings(row, needs)),
        )


def _loadings(row: Row, needs: Collection[str]) -> Iterator[tuple[str, float]]:
    for word in row.words("needs"):
        need, _, points = word.partition(":")
        if need not in needs:
            row.fault("needs", f"{need!r} is not known")
        try:
            yield need, float(points)
        except ValueError:
            row.fault("needs", f"{points!r} is not a number")


_NOT_SHARES = frozenset(
    {
        *("most_needs", "duty_days", "discharge_within_days", "wait_mean_days"),
        *("severity_spread", "answer_spread", "hub_from_need", "floating_to_need"),
    }
)


def _settings(folder: RegionFolder) -> PopulationSettings:
    file = folder.settings("population.yaml")
    names = [each.name for each in fields(PopulationSettings)]
    values = {name: file.number(name, most=999 if name in _NOT_SHARES else 1) for name in names}
    file.done()
    return PopulationSettings(**values)
