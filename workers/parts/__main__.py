"""`python -m workers.parts NAME`: turn into one of the supervised programs."""

from __future__ import annotations

import sys

from models import settings
from models.errors import ScrivanoError
from workers.parts.processes import become


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m workers.parts NAME", file=sys.stderr)
        return 2
    try:
        become(settings.load(), arguments[0])
    except ScrivanoError as error:
        print(f"{arguments[0]}: {error.detail}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
