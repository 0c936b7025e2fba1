"""The engine's sentences with names in the place of ids, and titles in the place of codes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.referrals.code_lists import code_lists

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

LISTS: Final[Mapping[str, str]] = MappingProxyType(
    {"client_group": "client_group", "access_needs": "access_need", "cannot_manage": "risk"}
)
"""The rules whose sentences tell codes, and the list that the codes are of."""

_BEFORE_CODES = re.compile(r"(takes only|does not offer|cannot manage) ")

SAYS_NOTHING: Final = ("counts nothing.", "has stated no wish.", "lives in none of these services.")
"""How a sentence ends that only says that nothing is known or wished."""

_FIRST = re.compile(r": record (.+) first\.$")


@dataclass(frozen=True, slots=True)
class Sentences:
    """Puts names, by id, into sentences.

    about
        The service that all of them are about, which is then "it" where a sentence begins with it.
    """

    names: Mapping[str, str]
    about: str = ""

    def named(self, sentence: str) -> str:
        """The sentence with every id that has a name by its name."""
        return _WORD.sub(lambda found: self.names.get(found[0], found[0]), self._it(sentence))

    def of_rules(self, rules: Sequence[str], why: Sequence[str]) -> list[str]:
        """The sentences of rules that fail, each by its code."""
        return [self._of_rule(rule, sentence) for rule, sentence in zip(rules, why, strict=True)]

    def _of_rule(self, rule: str, sentence: str) -> str:
        of = LISTS.get(rule.removesuffix("_unknown"))
        if of is None:
            return self.named(sentence)
        listed = code_lists()[of]

        def word(found: re.Match[str]) -> str:
            if found[0] in self.names:
                return self.names[found[0]]
            return _inside(listed[found[0]].title) if found[0] in listed else found[0]

        return _WORD.sub(word, _BEFORE_CODES.sub(r"\1: ", self._it(sentence), count=1))

    def _it(self, sentence: str) -> str:
        begins = bool(self.about) and sentence.startswith(f"{self.about} ")
        return f"It{sentence.removeprefix(self.about)}" if begins else sentence


def _inside(title: str) -> str:
    """A title inside a sentence."""
    return title if title[:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def to_record(why: Sequence[str]) -> Iterator[str]:
    """Which facts to record first, of sentences that say so."""
    return (found[1] for each in why if (found := _FIRST.search(each)))
