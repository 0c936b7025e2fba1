"""Names for very many invented people: few of them frequent, very many rare, as names are.

The lists are ours, of names that are common in England; how often each comes falls with its place (a Zipf
law). Of surnames the most frequent is borne by about one person in ninety, as Smith is (Office for National
Statistics, NHS Central Register surnames, 2002: 1.15 %), and half of all people have one made of two parts.
"""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Final


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_WOMEN = _listed(
    """
    Sarah Emma Olivia Amelia Jessica Chloe Sophie Katie Laura Rebecca Rachel Hannah Lauren Charlotte
    Amy Nicola Lisa Karen Susan Michelle Joanne Tracey Donna Julie Angela Margaret Mary Patricia
    Christine Elizabeth Fatima Aisha Maryam Zainab Priya Anita Sunita Mei Olena Natalia Agnieszka
    Katarzyna Blessing Grace Ngozi Amara Leah Megan Kirsty Shannon Jade Paige Abigail Eleanor Victoria
    Samantha Kelly Gemma Stacey Danielle Natasha Holly Lucy Alice Freya Isla Ruby Poppy Evie Tanya
    Yvonne Denise Sandra Maxine
    """
)
_MEN = _listed(
    """
    David John James Michael Daniel Thomas Matthew Christopher Andrew Paul Mark Stephen Robert Ryan
    Jack Joshua Luke Adam Liam Connor Kyle Lee Dean Craig Gary Kevin Darren Jason Wayne Anthony Peter
    Richard William George Mohammed Ahmed Ali Hassan Omar Yusuf Imran Bilal Raj Sanjay Wei Piotr
    Tomasz Andrei Ionut Kwame Kofi Emmanuel Samuel Benjamin Joseph Nathan Aaron Callum Jordan Jamie
    Scott Stuart Neil Simon Philip Martin Graham Alan Brian Keith Terence Barry Carl Dennis Trevor
    Leon Marcus Tyrone Curtis
    """
)
_SURNAMES = _listed(
    """
    Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Robinson Thompson
    Wright Walker White Edwards Hughes Green Hall Lewis Harris Clarke Patel Jackson Wood Turner Martin
    Cooper Hill Ward Morris Moore Clark Lee King Baker Harrison Morgan Allen James Scott Phillips
    Watson Davis Parker Price Bennett Young Griffiths Mitchell Kelly Cook Carter Richardson Bailey
    Collins Bell Shaw Murphy Miller Cox Khan Richards Marshall Simpson Anderson Ellis Adams Singh
    Begum Ahmed Ali Hussain Kaur Chen Nowak Kowalski Okafor Mensah Popescu O'Brien O'Neill Foster
    Chapman Wilkinson Webb Rogers Gray Mason
    """
)
_BEGINNINGS = _listed(
    """
    Ash Black Brad Brent Bur Car Chad Cliff Crow Den Dun Elm Fair Far Gold Green Hal Hart Hazel High
    Hol Kil King Lang Lin Long Marl Mid Mill Nor Oak Pem Rad Red Rush Sand Shel Stan Sun Thorn Wal
    Whit Win
    """
)
_ENDS = _listed(
    """
    ley ton ford field worth well ham by wood bury stone ridge combe shaw den more croft gate
    """
)

_COMMON_SHARE: Final = 0.55
_OFTEN: Final = 40
"""How slowly names grow rarer: the first of a list comes as often as if it stood at this place."""


def _cumulated(names: Sequence[str], often: int) -> list[float]:
    return list(accumulate(1 / (place + often) for place in range(len(names))))


_SURNAME_WEIGHTS = _cumulated(_SURNAMES, _OFTEN)
_WOMEN_WEIGHTS = _cumulated(_WOMEN, _OFTEN)
_MEN_WEIGHTS = _cumulated(_MEN, _OFTEN)


def forename(gender: str, rng: Random) -> str:
    """A forename that somebody of this gender is likely to have."""
    women = gender == "female" or (gender != "male" and rng.random() < 0.5)
    names, weights = (_WOMEN, _WOMEN_WEIGHTS) if women else (_MEN, _MEN_WEIGHTS)
    return rng.choices(names, cum_weights=weights)[0]


def surname(rng: Random) -> str:
    """A surname."""
    if rng.random() < _COMMON_SHARE:
        return rng.choices(_SURNAMES, cum_weights=_SURNAME_WEIGHTS)[0]
    return rng.choice(_BEGINNINGS) + rng.choice(_ENDS)
