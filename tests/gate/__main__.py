"""``python -m tests.gate``: score the labelled pages; ``--update-floors`` writes what they score as the new floors.

No floor sinks (and no ceiling rises) unless ``--allow-lower REASON`` says why; the reason stays in the file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from figures import (
    FLOORS,
    PAGES,
    SEEDS,
    Floors,
    Groups,
    Lowered,
    digest,
    measure,
    read_floors,
    seeds,
    shared,
    sunk,
    write_floors,
)


def main() -> int:
    options = _options()
    before, now = read_floors(), measure(PAGES)
    print(table(now))
    if (folder := shared()) is not None and (found := seeds(folder)) is not None:
        print(table({"shared 00*": found, "must have": SEEDS}))
    changes = sunk(before.groups, now)
    for change in changes:
        print(f"sunk: {change}", file=sys.stderr)
    if options.update_floors:
        return update(before, now, options.allow_lower)
    if before.digest != digest(PAGES):
        print("the pages are not those of the floors: --update-floors", file=sys.stderr)
    return int(bool(changes) or before.digest != digest(PAGES))


def update(before: Floors, now: Groups, reason: str | None, path: Path = FLOORS) -> int:
    """Write new floors; refuse to lower one without a reason."""
    changes = sunk(before.groups, now)
    if changes and not reason:
        print("refused: no floor is lowered without --allow-lower REASON", file=sys.stderr)
        return 1
    figures = {f"{c.group}: {c.figure}": [c.floor, *([] if c.now is None else [c.now])] for c in changes}
    lowered = [*before.lowered, *([Lowered(reason or "", figures)] if changes else [])]
    write_floors(Floors(digest(PAGES), now, lowered), path)
    print(f"floors of {len(now)} groups in {path}", file=sys.stderr)
    return 0


def table(groups: Groups) -> str:
    names = ("kept", "leak", "split", "joins", "falsejoin", "order", "titles", "fixed", "broken")
    lines = [f"{'':16}" + "".join(f"{name:>10}" for name in names)]
    for group, figures in groups.items():
        lines.append(f"{group:16}" + "".join(f"{figures.get(name, '-'):>10}" for name in names))
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gate", description="Score the labelled pages.")
    parser.add_argument("--update-floors", action="store_true", help="write what they score as the new floors")
    parser.add_argument("--allow-lower", metavar="REASON", help="lower floors as well, for this reason")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
