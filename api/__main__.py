"""``python -m api`` is ``gateway``."""

from api.command_line import main

if __name__ == "__main__":  # the benchmark's own processes open this file too
    main()
