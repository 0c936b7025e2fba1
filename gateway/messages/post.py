"""What a way of sending must do, and say when it did not."""

from typing import Protocol

from gateway.messages.wording import Letter


class NotSent(Exception):
    """It was clearly not sent. ``again``: it may work later. The sentence names no address."""

    def __init__(self, why: str, *, again: bool) -> None:
        self.again = again
        super().__init__(why[:200])


class Unclear(Exception):
    """Nobody knows whether it was sent: the connection broke after it was handed over."""


class Post(Protocol):
    """A way of sending."""

    def send(self, letter: Letter) -> str | None:
        """Send a letter; what the post calls it, if it calls it anything.

        Raises
        ------
        NotSent
            If it was clearly not sent.
        Unclear
            If that cannot be told.
        """
