"""Who the households are: home authority, age of the main applicant, household type, woman or not."""

from dataclasses import dataclass

import numpy as np

from scenarios.needs import Flags, Floats, Ints
from scenarios.profile import AGE_BANDS, HOUSEHOLDS, Households, Profile

YOUNGEST, OLDEST = AGE_BANDS[0][0], AGE_BANDS[-1][1]
ADULT = 18

_SINGLE = np.array([kind.startswith("single_adult") for kind in HOUSEHOLDS])
_CHILDREN = np.array(
    ["parent" in kind or kind.endswith(("couple_children", "adults_children")) for kind in HOUSEHOLDS]
)
_WOMAN = np.array([kind.endswith("_female") for kind in HOUSEHOLDS])
_MAN = np.array([kind.endswith("_male") for kind in HOUSEHOLDS])
_ADULTS = np.array([1, 1, 1, 1, 2, 2, 3, 3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """``n`` households as columns. ``authority`` and ``kind`` are positions in the profile's tables."""

    authority: Ints
    age: Ints
    kind: Ints

    @property
    def children(self) -> Flags:
        """Whether there are children."""
        return _CHILDREN[self.kind]

    @property
    def single(self) -> Flags:
        """Whether it is one adult alone."""
        return _SINGLE[self.kind]

    @property
    def woman(self) -> Flags:
        """Whether it is a woman, alone or with children."""
        return _WOMAN[self.kind]

    @property
    def man(self) -> Flags:
        """Whether it is a man, alone or with children. Couples are neither: a mixed household."""
        return _MAN[self.kind]

    @property
    def adults(self) -> Ints:
        """How many adults."""
        return _ADULTS[self.kind]


def draw_households(profile: Profile, partners: tuple[str, ...], n: int, rng: np.random.Generator) -> Drawn:
    """Draw ``n`` households: outsiders in the share set, partners by their households owed a duty."""
    authority = rng.choice(len(profile.households), size=n, p=authority_shares(profile, partners))
    ages = np.array([age_shares(each) for each in profile.households])
    age = YOUNGEST + _by_row(ages, authority, rng)
    kinds = np.array(
        [kind_shares(each, profile, adult=adult) for adult in (False, True) for each in profile.households]
    )
    kind = _by_row(kinds, authority + len(profile.households) * (age >= ADULT), rng)
    return Drawn(authority=authority, age=age, kind=kind)


def every_household(profile: Profile, partners: tuple[str, ...]) -> tuple[Drawn, Floats]:
    """Every kind of household there can be, and its exact share of the population."""
    places, ages, kinds = len(profile.households), OLDEST - YOUNGEST + 1, len(HOUSEHOLDS)
    authority, age, kind = (each.ravel() for each in np.indices((places, ages, kinds)))
    by_age = np.array([age_shares(each) for each in profile.households])
    by_kind = np.array(
        [[kind_shares(each, profile, adult=adult) for each in profile.households] for adult in (False, True)]
    )
    adult = (age + YOUNGEST >= ADULT).astype(np.int64)
    shares = (
        authority_shares(profile, partners)[authority]
        * by_age[authority, age]
        * by_kind[adult, authority, kind]
    )
    return Drawn(authority=authority, age=age + YOUNGEST, kind=kind), shares


def authority_shares(profile: Profile, partners: tuple[str, ...]) -> Floats:
    """Share of each authority: outsiders together as set, and on each side by households owed a duty."""
    owed = np.array([each.owed_duty for each in profile.households], dtype=np.float64)
    inside = np.array([each.authority in partners for each in profile.households])
    outsiders = profile.settings.outsider_share if not inside.all() else 0.0
    shares = np.where(inside, owed / owed[inside].sum() * (1 - outsiders), 0.0)
    if outsiders:
        shares[~inside] = owed[~inside] / owed[~inside].sum() * outsiders
    return shares


def age_shares(households: Households) -> Floats:
    """Share of each year of age from the youngest, level inside each published band."""
    shares = np.zeros(OLDEST - YOUNGEST + 1)
    for (first, last), count in zip(AGE_BANDS, households.ages, strict=True):
        shares[first - YOUNGEST : last + 1 - YOUNGEST] = count / (last - first + 1)
    level: Floats = shares / shares.sum()
    return level


def kind_shares(households: Households, profile: Profile, *, adult: bool) -> Floats:
    """Share of each household type; those under 18 are always alone."""
    counts = np.array(households.types, dtype=np.float64)
    alone = profile.settings.single_adult_share if adult else 1.0
    shares: Floats = np.where(
        _SINGLE, counts / counts[_SINGLE].sum() * alone, counts / counts[~_SINGLE].sum() * (1 - alone)
    )
    return shares


def _by_row(shares: Floats, row: Ints, rng: np.random.Generator) -> Ints:
    """For each entry of ``row``, a column drawn with the shares of that row."""
    upto = np.cumsum(shares, axis=1)
    upto[:, -1] = 1.0
    drawn: Ints = (rng.random(len(row))[:, None] >= upto[row]).sum(axis=1)
    return drawn
