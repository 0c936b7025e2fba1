"""What a line of text that is kept in plain may be."""

from collections.abc import Iterator


def line_faults(field: str, value: str, most: int) -> Iterator[tuple[str, str]]:
    """What is wrong with a line: it must say something, fit its column, and be one line.

    Parameters
    ----------
    most
        How many characters the column holds.
    """
    if not value.strip():
        yield field, "is empty"
    elif value != value.strip():
        yield field, "begins or ends with a space"
    if len(value) > most:
        yield field, f"has {len(value)} characters, may have {most}"
    if not value.isprintable():
        yield field, "holds a character that cannot be printed"
