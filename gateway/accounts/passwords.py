"""Passwords: what one must be, and the hash that is kept of it.

The rules follow the National Cyber Security Centre's "Password policy: updating your approach" (no rules of
composition, no expiry, a deny list of common ones, three random words as advice) and NIST SP 800-63B-4,
section 3.1.1.2. The lists of common passwords, words and names, and the estimate of how many guesses a
password withstands, are zxcvbn's (Wheeler, D. (2016). zxcvbn: low-budget password strength estimation.
*USENIX Security* 25: 157-173): 30,000 passwords, 30,000 words, 34,000 names and titles, and what people do
to them (p@ssw0rd2026).
"""

import secrets
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from zxcvbn import zxcvbn

from gateway.refusals import refuse

SHORTEST: Final = 12
"""Characters. OWASP ASVS 5.0, 6.2.1 asks for 8 and recommends 15; where a second factor is required of the
roles that can do most, 12 with a deny list is ours."""

LONGEST: Final = 128
"""Characters; OWASP ASVS 5.0, 6.2.9 asks for 64 at least. Longer ones only cost time."""

GUESSES: Final = 10**8
"""How many guesses a password must withstand: zxcvbn's "safely unguessable: moderate protection from offline
slow-hash scenario" (its score 3)."""

_EXAMINED = 48
"""How many characters are examined: the estimate takes time with the square of them."""

_OURS = ("gateway", "referral", "housing", "password")

HASHES: Final = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
"""Argon2id as the OWASP Password Storage Cheat Sheet gives it: 19 MiB, two passes, one lane. Twenty at once
take 380 MiB. Whoever raises these need do nothing else: a hash is made anew when its owner next signs in."""


def normal_password(password: str) -> str:
    """The password as it is hashed: the same whichever keyboard typed it (NFKC; NIST as above)."""
    return unicodedata.normalize("NFKC", password)


def password_faults(password: str, *, name: str, email: str) -> Iterator[str]:
    """What is wrong with a password of somebody's choice: it is short, long, common, or about themselves."""
    normal = normal_password(password)
    if len(normal) < SHORTEST:
        yield f"has fewer than {SHORTEST} characters: three random words make a good one"
    if len(normal) > LONGEST:
        yield f"has more than {LONGEST} characters"
    if _own(normal, name=name, email=email):
        yield "is your address or your name"
    elif len(normal) >= SHORTEST and _guessed_soon(normal, name=name, email=email):
        yield "is easy to guess, or one that many people use: three random words make a better one"


def refuse_weak(password: str, field: str, *, name: str, email: str) -> None:
    """Refuse a password that breaks a rule.

    Raises
    ------
    Invalid
        Naming all that is wrong.
    """
    refuse([(field, what) for what in password_faults(password, name=name, email=email)])


def _letters(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def _own(password: str, *, name: str, email: str) -> bool:
    own = {_letters(email), _letters(email.partition("@")[0]), _letters(name)}
    return _letters(password) in own - {""}


def _guessed_soon(password: str, *, name: str, email: str) -> bool:
    known = [email, email.partition("@")[0], name, *name.split(), *_OURS]
    return int(zxcvbn(password[:_EXAMINED], user_inputs=known)["guesses"]) < GUESSES


def hashed(password: str) -> str:
    """What is kept of a password."""
    return HASHES.hash(normal_password(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password of which a hash is kept; as long for none at all as for a wrong one."""
    fitting = HASHES.verify(normal_password(password), kept or _nobodys())
    return fitting and kept is not None


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has."""
    return HASHES.hash(secrets.token_urlsafe(32))


def outdated(kept: str) -> bool:
    """Whether a hash was made with less than `HASHES` now takes."""
    return HASHES.current_hasher.check_needs_rehash(kept)
