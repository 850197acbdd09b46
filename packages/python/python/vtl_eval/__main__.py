"""`python -m vtl_eval …` and `vtl-eval …`: the whole command."""

import sys

from . import _engine


def main() -> int:
    return _engine.command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
