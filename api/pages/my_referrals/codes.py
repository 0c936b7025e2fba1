"""Kinds of question about codes: some of a list, the first and the others, yes-no-not-known, and words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_code
from api.pages.my_referrals.kinds import (
    YES_NO_UNKNOWN,
    Asking,
    Box,
    Drawn,
    Ground,
    Kind,
    Sent,
    answer_sent,
    listed,
)
from api.pages.posted import Posted
from gateway.referrals.code_lists import code_lists
from gateway.referrals.details import Known
from gateway.referrals.details_faults import LONGEST_DETAIL
from gateway.refusals import Invalid, refuse

Codes = tuple[str, ...]
Answers = tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Some(Kind[Codes]):
    """Any of a list of codes."""

    of: str
    nothing = "None"

    def read(self, name: str, sent: Posted, stood: Codes) -> Codes:
        return tuple(dict.fromkeys(sent.every(name)))

    def written(self, name: str, value: Codes) -> Sent:
        return tuple((name, each) for each in value)

    def drawn(self, asking: Asking, stood: Codes) -> Sequence[Drawn]:
        return asking.box("ticks", choices=asking.choices(listed(self.of)(asking.ground)))

    def told(self, value: Codes, ground: Ground) -> Sequence[str]:
        return [title(self.of, each) for each in value]


class Primary(Some):
    """The first of a list of codes; the others stay."""

    def read(self, name: str, sent: Posted, stood: Codes) -> Codes:
        first = sent.one(name)
        return (first, *(each for each in stood[1:] if each != first)) if first else stood

    def written(self, name: str, value: Codes) -> Sent:
        return tuple((name, each) for each in value[:1])

    def drawn(self, asking: Asking, stood: Codes) -> Sequence[Drawn]:
        return asking.box("radios", choices=asking.choices(listed(self.of)(asking.ground)))

    def told(self, value: Codes, ground: Ground) -> Sequence[str]:
        return [title(self.of, each) for each in value[:1]]


class Others(Some):
    """All but the first of a list of codes, which is chosen before."""

    def read(self, name: str, sent: Posted, stood: Codes) -> Codes:
        others = tuple(dict.fromkeys(sent.every(name)))
        if others and not stood:
            raise Invalid([(name, "choose the main client group first")])
        return (*stood[:1], *(each for each in others if each not in stood[:1]))

    def written(self, name: str, value: Codes) -> Sent:
        return tuple((name, each) for each in value[1:])

    def drawn(self, asking: Asking, stood: Codes) -> Sequence[Drawn]:
        options = [each for each in listed(self.of)(asking.ground) if each[0] not in stood[:1]]
        return asking.box("ticks", choices=asking.choices(options))

    def told(self, value: Codes, ground: Ground) -> Sequence[str]:
        return [title(self.of, each) for each in value[1:]]


def title(list_name: str, code: str) -> str:
    """What a code means."""
    found = code_lists()[list_name].get(code)
    return spoken_code(code) if found is None else found.title


@dataclass(frozen=True, slots=True)
class YesNoUnknown(Kind[Answers]):
    """Of each code of a list: yes, no or not known. What is left alone was not asked, which is not no."""

    of: str
    nothing = "None asked yet"

    def read(self, name: str, sent: Posted, stood: Answers) -> Answers:
        details = {each.code: each.detail for each in stood}
        return tuple(
            Known(code=code, answer=sent.answer(f"{name}-{code}"), detail=details.get(code))
            for code in sorted(code_lists()[self.of])  # as they are kept
            if sent.one(f"{name}-{code}")
        )

    def written(self, name: str, value: Answers) -> Sent:
        return tuple((f"{name}-{each.code}", answer_sent(answer=each.answer)) for each in value)

    def drawn(self, asking: Asking, stood: Answers) -> Sequence[Drawn]:
        boxes = []
        for code, text in listed(self.of)(asking.ground):
            id = f"{asking.name}-{code}"
            chosen = asking.sent.one(id)
            choices = [Choice(value=v, text=t, chosen=v == chosen) for v, t in YES_NO_UNKNOWN]
            boxes.append(Box(look="radios", id=id, label=text, choices=choices, inline=True))
        return [Drawn(boxes=boxes)]

    def told(self, value: Answers, ground: Ground) -> Sequence[str]:
        return list(self._lines(value))

    def _lines(self, value: Answers) -> Iterator[str]:
        titles = {each.code: title(self.of, each.code) for each in value}
        for key, word in YES_NO_UNKNOWN:
            these = [titles[each.code] for each in value if answer_sent(answer=each.answer) == key]
            if these:
                yield f"{word}: {'; '.join(these)}"
        if value and (others := len(set(code_lists()[self.of]) - set(titles))):
            yield f"Not asked: {counted(others, 'other')}"

    def places(self, name: str, sent: Posted) -> Mapping[str, str]:
        return {name: f"{name}-{next(iter(code_lists()[self.of]))}"}


@dataclass(frozen=True, slots=True)
class InWords(Kind[Answers]):
    """More about each code that was answered with yes, in the referrer's words."""

    of: str
    nothing = "None"

    def read(self, name: str, sent: Posted, stood: Answers) -> Answers:
        asked = {each.code: sent.text(f"{name}-{each.code}") for each in self.asked(stood)}
        long = [code for code, text in asked.items() if text and len(text) > LONGEST_DETAIL]
        refuse((f"{name}-{code}", f"must be {LONGEST_DETAIL:,} characters or fewer") for code in long)
        return tuple(replace(each, detail=asked.get(each.code)) for each in stood)

    def asked(self, stood: Answers) -> Sequence[Known]:
        """Those about which there is more to say."""
        return [each for each in stood if each.answer or each.detail]

    def written(self, name: str, value: Answers) -> Sent:
        return tuple((f"{name}-{each.code}", each.detail or "") for each in self.asked(value))

    def drawn(self, asking: Asking, stood: Answers) -> Sequence[Drawn]:
        ids = {each.code: f"{asking.name}-{each.code}" for each in self.asked(stood)}
        boxes = [
            Box(look="text", id=id, label=title(self.of, code), sent={id: asking.sent.one(id)}, narrow=3)
            for code, id in ids.items()
        ]
        return [Drawn(boxes=boxes)] if boxes else []

    def told(self, value: Answers, ground: Ground) -> Sequence[str]:
        return [f"{title(self.of, each.code)}: {each.detail}" for each in value if each.detail]
