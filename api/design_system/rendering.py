"""A view rendered through a template of its own folder, in the layout that every page shares."""

from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Undefined
from jinja2.exceptions import UndefinedError

from api.design_system.assets import asset

PAGES: Final = Path(__file__).parents[1] / "pages"
SHARED: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several answers: its value, its words, whether it is chosen, and what it means."""

    value: str
    text: str
    chosen: bool = False
    hint: str = ""


class _Unknown(Undefined):
    """What a view lacks is a fault of ours; what a macro of GOV.UK Frontend was not given is nothing."""

    def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401  whatever Jinja tells
        super().__init__(*given, **more)
        if is_dataclass(self._undefined_obj):
            raise UndefinedError(f"{type(self._undefined_obj).__name__} has no {self._undefined_name}")


@cache
def environment() -> Environment:
    """Templates by the folder of their job (``triage/queue.html``), the shared ones by name alone.

    Whatever comes from a person is escaped.
    """
    made = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader([SHARED, PAGES]),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        undefined=_Unknown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["choice"] = choice
    made.globals["asset"] = asset
    return made


def choice(option: Choice) -> dict[str, object]:
    """An option as GOV.UK's radios, checkboxes and selects take it."""
    told: dict[str, object] = {"value": option.value, "text": option.text}
    if option.chosen:
        told |= {"checked": True, "selected": True}
    if option.hint:
        told["hint"] = {"text": option.hint}
    return told


def rendered(template: str, **facts: Any) -> str:  # noqa: ANN401  whatever a template prints
    """The page that a template makes of these facts."""
    return environment().get_template(template).render(**facts)
