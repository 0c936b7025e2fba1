"""YAML read strictly: every misreading that the format allows is refused with its path.

Refused: keys named twice (YAML keeps the last in silence), unknown keys, anchors and aliases, tags, more than
one document, numbers where text stands (``1.10`` would become 1.1); and, as soon as it is met, what no scheme
is like: too many values, too deep in one another, a key too long to repeat.
"""

from pathlib import Path
from typing import Any

import yaml

from gateway.assessment.scheme_faults import InvalidScheme
from gateway.assessment.scheme_parts import Fault

LARGEST_FILE = 1_000_000
"""Bytes; a scheme has a few thousand."""

MOST_VALUES = 10_000
"""Mappings, lists, keys and values; a scheme has a few hundred."""

DEEPEST = 50
"""Mappings and lists in one another; a scheme has six."""

LONGEST_KEY = 100


class _NoScheme(Exception):
    """The file is like no scheme, and is not read to its end."""


class _Loader(yaml.SafeLoader):
    """Composes a document, and stops at the value that is too many or too deep."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.values = self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401  as PyYAML has it
        """One value with all in it."""
        self.values += 1
        self.depth += 1
        if self.values > MOST_VALUES:
            raise _NoScheme(f"holds more than {MOST_VALUES} values")
        if self.depth > DEEPEST:
            raise _NoScheme("is nested too deeply")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_yaml(path: Path) -> "Part":
    """The file's one mapping, with the faults met so far.

    Raises
    ------
    InvalidScheme
        If it is no readable YAML mapping at all.
    """
    faults: list[Fault] = []
    content = _plain(_composed(path), "", faults, set())
    if not isinstance(content, dict):
        raise InvalidScheme(str(path), [*faults, ("", "is not a mapping of keys to values")])
    return Part(content, "", faults)


def _composed(path: Path) -> yaml.Node:
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist"
            raise InvalidScheme(str(path), [("", what)])
        data = path.read_bytes()
        if len(data) > LARGEST_FILE:
            raise InvalidScheme(str(path), [("", f"is larger than {LARGEST_FILE} bytes")])
        node = yaml.compose(data.decode("utf-8-sig"), Loader=_Loader)
    except OSError as error:
        raise InvalidScheme(str(path), [("", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise InvalidScheme(str(path), [("", f"is not UTF-8 text at byte {error.start}")]) from error
    except yaml.YAMLError as error:
        raise InvalidScheme(str(path), [("", f"is not YAML: {_one_line(error)}")]) from error
    except _NoScheme as error:
        raise InvalidScheme(str(path), [("", str(error))]) from error
    if node is None:
        raise InvalidScheme(str(path), [("", "is empty")])
    return node


def _one_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"{getattr(error, 'problem', None) or 'characters that YAML does not allow'}{where}"


def _plain(node: yaml.Node, path: str, faults: list[Fault], seen: set[int]) -> Any:  # noqa: ANN401  YAML holds anything
    """The node as dicts, lists and scalars; where that cannot be, a fault and ``None``."""
    if id(node) in seen:
        faults.append((path, "repeats another part by an alias; write it out"))
        return None
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, f"{path}[{index}]", faults, seen) for index, each in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, path, faults, seen)
    try:
        value = yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError):
        faults.append((path, "is not a plain text, number or yes/no"))
        return None
    if isinstance(value, str) and not _tellable(value):
        faults.append((path, "holds a NUL or half a character"))
        return None
    return value


def _tellable(text: str) -> bool:
    """Whether a text can be kept and sent: YAML writes NUL and halves of characters as escapes."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _plain_mapping(node: yaml.MappingNode, path: str, faults: list[Fault], seen: set[int]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append((path, "has a key that is not plain text"))
            continue
        key = str(key_node.value)
        if len(key) > LONGEST_KEY or not _tellable(key):
            faults.append((path, f"has a key that is longer than {LONGEST_KEY} characters or no text"))
            continue
        below = f"{path}.{key}" if path else key
        if key in mapping:
            faults.append((below, "is named twice"))
            continue
        mapping[key] = _plain(value_node, below, faults, seen)
    return mapping


class Part:
    """One mapping of the file, asked for its keys one by one; what is never asked for is an unknown key."""

    def __init__(self, content: dict[str, Any], path: str, faults: list[Fault]) -> None:
        self.content, self.path, self.faults = content, path, faults
        self.asked: set[str] = set()

    def below(self, key: str) -> str:
        """The path of a key of this mapping."""
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, problem: str) -> None:
        """Report what is wrong at a key."""
        self.faults.append((self.below(key), problem))

    def get(self, key: str) -> Any:  # noqa: ANN401  YAML holds anything
        """The value, or ``None`` with a fault where there is none."""
        self.asked.add(key)
        if key not in self.content:
            self.fault(key, "is missing")
        elif self.content[key] is None:
            self._empty(self.below(key))
        return self.content.get(key)

    def _empty(self, path: str) -> None:
        # a value that could not be read is empty too, and has its fault
        if path not in {known for known, _ in self.faults}:
            self.faults.append((path, "is empty"))

    def text(self, key: str) -> str | None:
        """The text there, or ``None`` with a fault."""
        value = self.get(key)
        if value is None or isinstance(value, str):
            return value
        self.fault(key, "is not text; if it is meant to be, write it in quotes")
        return None

    def whole(self, key: str) -> int | None:
        """The whole number there, or ``None`` with a fault."""
        value = self.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.fault(key, "is not a whole number")
        return None

    def whole_if_given(self, key: str) -> int | None:
        """As :meth:`whole`, but the key may be left out."""
        self.asked.add(key)
        return self.whole(key) if key in self.content else None

    def values(self, key: str) -> list[Any]:
        """The list there, or an empty one with a fault."""
        value = self.get(key)
        if isinstance(value, list):
            return value
        if value is not None:
            self.fault(key, "is not a list")
        return []

    def values_of(self, key: str, kind: type, what: str) -> tuple[Any, ...] | None:
        """The list's members if all are of the kind (and no yes/no is taken for a number), else ``None``."""
        values = self.values(key)
        right = [isinstance(value, kind) and not isinstance(value, bool) for value in values]
        wrong = [index for index, good in enumerate(right) if not good]
        for index in wrong:
            self.fault(f"{key}[{index}]", f"is not {what}")
        return None if wrong or key not in self.content else tuple(values)

    def part(self, key: str) -> "Part | None":
        """The mapping there, or ``None`` with a fault."""
        return self._as_part(self.get(key), self.below(key))

    def parts(self, key: str) -> "list[Part | None]":
        """The list of mappings there, ``None`` with a fault for each that is none."""
        return [self._as_part(each, f"{self.below(key)}[{i}]") for i, each in enumerate(self.values(key))]

    def _as_part(self, value: Any, path: str) -> "Part | None":  # noqa: ANN401  YAML holds anything
        if isinstance(value, dict):
            return Part(value, path, self.faults)
        if value is None:
            self._empty(path)
        else:
            self.faults.append((path, "is not a mapping of keys to values"))
        return None

    def closed(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.content:
            if key not in self.asked:
                self.fault(key, "is not a key that is known here")
