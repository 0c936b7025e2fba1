"""The words of every message. None holds a name, an age, a place or a reason: whoever gets it signs in.

An address of a mailbox is somebody's, but who else reads that mailbox nobody knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """Which words."""

    OFFER_TO_ANSWER = "offer_to_answer"
    OFFER_WITHDRAWN = "offer_withdrawn"
    OFFER_LAPSED = "offer_lapsed"
    OFFER_MADE = "offer_made"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_REFUSED = "offer_refused"
    OFFER_YOU_MADE_REFUSED = "offer_you_made_refused"
    OFFER_YOU_MADE_LAPSED = "offer_you_made_lapsed"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"
    REFERRAL_DECLINED = "referral_declined"
    REFERRAL_EXPIRED = "referral_expired"
    REDESIGNATION_ASKED = "redesignation_asked"
    GLASS_BROKEN = "glass_broken"
    EMERGENCY_DECLARED = "emergency_declared"
    VACANCIES_STALE = "vacancies_stale"
    OFFICERS_DAY = "officers_day"
    RETENTION_DUE = "retention_due"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the subject and in the first line; ``{references}`` is what it is about."""

    subject: str
    line: str


WORDS: Mapping[Kind, Words] = MappingProxyType(
    {
        Kind.OFFER_TO_ANSWER: Words(
            "Somebody has been offered to you", "An offer waits for your answer: {references}."
        ),
        Kind.OFFER_WITHDRAWN: Words(
            "An offer was withdrawn", "This offer to you was withdrawn: {references}."
        ),
        Kind.OFFER_LAPSED: Words(
            "An offer has lapsed", "This offer to you was not answered in time and has lapsed: {references}."
        ),
        Kind.OFFER_MADE: Words(
            "An offer was made for a referral of yours", "There is an offer for your referral: {references}."
        ),
        Kind.OFFER_ACCEPTED: Words(
            "An offer for a referral of yours was accepted", "The offer was accepted: {references}."
        ),
        Kind.OFFER_REFUSED: Words(
            "An offer for a referral of yours came to nothing", "The offer came to nothing: {references}."
        ),
        Kind.OFFER_YOU_MADE_REFUSED: Words(
            "An offer that you made was refused", "This offer of yours was refused: {references}."
        ),
        Kind.OFFER_YOU_MADE_LAPSED: Words(
            "An offer that you made has lapsed", "Nobody answered this offer of yours in time: {references}."
        ),
        Kind.QUESTION_ASKED: Words(
            "There is a question about a referral of yours",
            "A gateway officer needs an answer from you: {references}.",
        ),
        Kind.QUESTION_ANSWERED: Words(
            "A question of yours was answered", "The agency has answered your question: {references}."
        ),
        Kind.REFERRAL_DECLINED: Words(
            "A referral of yours was declined",
            "This referral was declined: {references}. The reason, and how to appeal, are in the gateway.",
        ),
        Kind.REFERRAL_EXPIRED: Words(
            "A referral of yours has expired", "This referral has expired: {references}."
        ),
        Kind.REDESIGNATION_ASKED: Words(
            "You are asked to re-designate units", "A plan would need your units for others: {references}."
        ),
        Kind.GLASS_BROKEN: Words(
            "A restricted case was opened in an emergency",
            "Somebody opened a restricted case without a grant, and gave a reason: {references}.",
        ),
        Kind.EMERGENCY_DECLARED: Words("An emergency was declared", "People will need places: {references}."),
        Kind.VACANCIES_STALE: Words(
            "Please confirm your vacancies",
            "What the gateway shows of your units was not confirmed lately ({numbers}). One press confirms a "
            "service: {references}.",
        ),
        Kind.OFFICERS_DAY: Words("What waits in the gateway today", "Today: {numbers}."),
        Kind.RETENTION_DUE: Words(
            "Records have been kept long enough",
            "There are records that are due to be erased ({numbers}). Look with `gateway retention preview`; "
            "nothing is erased by itself.",
        ),
    }
)
"""Every kind has its words; ``{numbers}`` stands in digests."""

NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "services": "services to confirm",
        "units": "units to confirm",
        "refusals": "refusals to review",
        "offers": "offers whose time to answer ends within a day",
        "questions": "questions whose time to answer ends within two days",
        "triage": "referrals in triage",
        "people": "people",
    }
)
"""What is counted in a digest, in words."""

MOST_REFERENCES = 10
"""References that stand in a message; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as it is sent.

    id
        The message's own, by which a post may know that it has it already.
    """

    id: str
    to: str
    subject: str
    text: str


def letter(
    id: str,
    *,
    to: str,
    kind: Kind,
    references: Sequence[str],
    numbers: Mapping[str, int],
    origin: str,
) -> Letter:
    """The letter of a message.

    Parameters
    ----------
    origin
        The address of the gateway, where whoever gets it signs in.
    """
    words = WORDS[kind]
    line = words.line.format(references=_listed(references), numbers=_counted(numbers))
    text = f"{line}\n\nSign in to read more and to answer: {origin}\n\nThis message was sent by a machine.\n"
    return Letter(id=id, to=to, subject=words.subject, text=text)


def _listed(references: Sequence[str]) -> str:
    told = list(references[:MOST_REFERENCES])
    if more := len(references) - len(told):
        told.append(f"and {more} more")
    return ", ".join(told)


def _counted(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{NUMBERS[name]}: {count}" for name, count in numbers.items())
