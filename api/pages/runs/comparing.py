"""Two runs side by side, by name: who gains a place, who loses one, who has another, who stays."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
