"""New ids: random, so that they tell nothing and nobody can guess the next."""

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (crockford.com/base32.html): no I, L, O or U, so that nobody misreads one."""

LENGTH: Final = 10
"""Characters after the prefix: 50 bits. With a million ids of one kind, the chance that any two are alike is
one in 2,250, and the primary key refuses the second."""


def new_id(prefix: str) -> str:
    """An id with this prefix: ``R-7K3F92QDXM``."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"
