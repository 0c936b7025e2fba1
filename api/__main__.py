"""``python -m api`` is ``gateway``."""

from api.command_line import main

main()
