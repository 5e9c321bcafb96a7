"""The `wallboard` command."""

import sys

from wallboard.cli.commands import run


def main() -> int:
    """Runs the command line; the console script."""
    return run(sys.argv[1:])
