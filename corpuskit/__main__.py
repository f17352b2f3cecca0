"""``corpuskit``, and ``python -m corpuskit``: the way in."""

import sys


def main() -> None:
    """Run what was typed; Ctrl-C while the command line is still being loaded ends it with 130, without a traceback."""
    try:
        from corpuskit.cli import main as typed
    except KeyboardInterrupt:
        sys.exit(130)
    typed()


if __name__ == "__main__":
    main()
