"""Every setting as a table, for the handbook: read from the settings themselves and what is said of them."""

import inspect
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from typing import Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from api.settings import Settings

_ENTRY: Final = re.compile(r"^([a-z_*]+(?:, [a-z_*]+)*)\n((?:    .*\n?)+)", re.MULTILINE)
"""A name, or several, and indented words, as NumPy's docstrings have them."""


def settings_table() -> str:
    """A row a setting: its name, what it is if nobody sets it, and what it means.

    Raises
    ------
    LookupError
        If nothing is said of a setting.
    """
    said = dict(_said())
    rows = [
        f"| `GATEWAY_{name.upper()}` | {_default(field)} | {_words(name, said)} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| setting | unless set | meaning |", "|---|---|---|", *rows]) + "\n"


def _said() -> Iterator[tuple[str, str]]:
    for kind in Settings.__mro__:
        if issubclass(kind, BaseSettings) and kind is not BaseSettings:
            for names, words in _ENTRY.findall(inspect.cleandoc(kind.__doc__ or "") + "\n"):
                for name in names.split(", "):
                    yield name, " ".join(words.split())


def _words(name: str, said: Mapping[str, str]) -> str:
    words = next((words for pattern, words in said.items() if fnmatch(name, pattern)), None)
    if words is None:
        raise LookupError(f"nothing is said of GATEWAY_{name.upper()}")
    return words.replace("``", "`").replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    default = field.default
    if default is None or default == "" or isinstance(default, SecretStr):
        return "-"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
