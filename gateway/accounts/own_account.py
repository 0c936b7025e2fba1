"""What nobody does to their own account."""

from gateway.refusals import NotAllowed


class OwnAccount(NotAllowed):
    """Nobody changes what they may do themselves, or takes a lock off their own door from outside."""

    def __init__(self) -> None:
        super().__init__("This is your own account: another administrator has to do this.")
