"""Choices of forms that stand in an address."""


def none_chosen(value: object) -> object:
    """What was chosen, for a ``BeforeValidator``; a choice that was left at "every one" is sent empty."""
    return None if value == "" else value
