"""What the routes of open data may answer besides what they tell."""

from typing import Any, Final

from api.problems import OutOfReach, TooMany, refusals
from gateway.refusals import Invalid, NotFound

_KEPT: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "Not changed since it was kept"}}

ALWAYS: Final = _KEPT | refusals(TooMany, OutOfReach)
LIST: Final = ALWAYS | refusals(Invalid)
ONE: Final = ALWAYS | refusals(Invalid, NotFound)
