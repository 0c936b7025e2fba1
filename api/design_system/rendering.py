"""A view rendered through a template of its own folder, in the layout that every page shares."""

from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Undefined
from jinja2.exceptions import UndefinedError

PAGES: Final = Path(__file__).parents[1] / "pages"
SHARED: Final = Path(__file__).parent / "templates"


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
    return Environment(
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


def rendered(template: str, **facts: Any) -> str:  # noqa: ANN401  whatever a template prints
    """The page that a template makes of these facts."""
    return environment().get_template(template).render(**facts)
