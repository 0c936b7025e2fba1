"""Invented people in number, and the slips that are made when somebody is entered a second time."""

import csv
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from gateway.people.details import PersonDetails
from tests.gateway.ground import TODAY

with (Path(__file__).parent / "invented_names.csv").open(encoding="utf-8", newline="") as file:
    NAMES = {row["kind"]: row["names"].split() for row in csv.DictReader(file)}


class Invented:
    """People drawn from a seed, 16 to 75 years old; few names are common and many are rare (Zipf's law).

    Besides the surnames of the file there are 4,000 built of its syllables.
    """

    def __init__(self, seed, surnames=4000):
        self.draw = random.Random(seed)
        built = {
            "".join(self.draw.choices(NAMES["syllables"], k=self.draw.choice((2, 2, 3))))
            for _ in range(surnames)
        }
        self.surnames = [*NAMES["surnames"], *sorted(each.capitalize() for each in built)]
        self.weights = [1 / (place + 20) for place in range(len(self.surnames))]
        self.forename_weights = [1 / (place + 10) for place in range(len(NAMES["forenames"]))]

    def details(self):
        (surname,) = self.draw.choices(self.surnames, self.weights)
        (forename,) = self.draw.choices(NAMES["forenames"], self.forename_weights)
        return PersonDetails(told_on=TODAY, forename=forename, surname=surname, born=self.birthday())

    def birthday(self):
        day = TODAY - timedelta(days=self.draw.randrange(16 * 365, 75 * 365))
        return day.replace(month=1, day=1) if self.draw.random() < 0.02 else day

    def typo(self, name):
        """One letter left out, doubled, changed, or exchanged with the next; seldom the first."""
        place = (
            self.draw.randrange(len(name)) if self.draw.random() < 0.1 else self.draw.randrange(1, len(name))
        )
        before, letter, after = name[:place], name[place], name[place + 1 :]
        kinds = {
            "left out": before + after,
            "doubled": before + letter * 2 + after,
            "changed": before + self.draw.choice("aeiourstnlmd") + after,
            "exchanged": before + after[:1] + letter + after[1:],
        }
        slipped = self.draw.choice(sorted(kinds.values()))
        return slipped if any(each.isalpha() for each in slipped) else name

    def wrong_day(self, born):
        """Day and month exchanged, or one digit wrong."""
        if born.day <= 12 and born.day != born.month and self.draw.random() < 0.4:
            return born.replace(month=born.day, day=born.month)
        digits = f"{born:%Y%m%d}"
        near = []
        for place in range(2, 8):
            for digit in "0123456789":
                try:
                    near.append(date.fromisoformat(digits[:place] + digit + digits[place + 1 :]))
                except ValueError:
                    continue
        return self.draw.choice([each for each in near if each != born and date(1906, 3, 2) < each <= TODAY])

    def slip(self, details, kind):
        """The same person entered again with this slip."""
        if kind == "swapped":
            return replace(details, forename=details.surname, surname=details.forename)
        for part in kind.split("+"):
            details = self._slip(details, part)
        return details

    def _slip(self, details, part):
        if part == "born":
            return replace(details, born=self.wrong_day(details.born))
        if part == "no born":
            return replace(details, born=None)
        if part == "new surname":
            return replace(details, surname=self.details().surname)
        if part == "no forename":
            return replace(details, forename=None)
        return replace(details, **{part: self.typo(getattr(details, part))})


SLIPS = (
    "surname",
    "forename",
    "born",
    "forename+surname",
    "surname+born",
    "forename+born",
    "forename+surname+born",
    "swapped",
    "new surname",
    "no born",
    "surname+no born",
    "forename+no born",
    "no forename",
    "no forename+surname",
)
