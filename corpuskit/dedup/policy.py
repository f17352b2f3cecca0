"""Who stays, as a number: the lowest preference first, then the greatest length."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from corpuskit.dedup.options import DedupOptions

UNKNOWN = (1 << 63) - 1
"""Preference of a record whose date is not known: after all others."""
DATES = ("date", "metadata.date", "timestamp", "created", "published")
"""Fields in which a date is looked for when none is named."""


def instant(value: Any) -> int:
    """Return the seconds from 1970 of an ISO 8601 date or time, or of a number of seconds; ``UNKNOWN`` of others.

    A time without a zone counts as UTC; year and month alone mean their first day.

    >>> instant("1970-01-02"), instant("1970-01-01T00:00:09+00:00"), instant("yesterday") == UNKNOWN
    (86400, 9, True)
    """
    if isinstance(value, bool):
        return UNKNOWN
    if isinstance(value, int | float):
        return int(value) if abs(value) < 1e15 else UNKNOWN
    if isinstance(value, datetime):
        return _seconds(value)
    text = str(value).strip() if value is not None else ""
    for form in (text, f"{text}-01", f"{text}-01-01"):
        try:
            return _seconds(datetime.fromisoformat(form))
        except ValueError:
            continue
    return UNKNOWN


def _seconds(moment: datetime) -> int:
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def field(record: Any, name: str) -> Any:
    """Return a field of a record, None where it has none; dots reach inside objects.

    >>> field({"a": {"b": 1}}, "a.b")
    1
    """
    if isinstance(record, dict) and name in record:
        return record[name]
    for part in name.split("."):
        if not isinstance(record, dict):
            return None
        record = record.get(part)
    return record


def date_of(record: Any, names: Sequence[str] = DATES) -> int:
    """Return the date of a record, of the first field that has one.

    >>> date_of({"metadata": {"date": "1970-01-02"}})
    86400
    """
    return next((found for name in names if (found := instant(field(record, name))) != UNKNOWN), UNKNOWN)


def preference(options: DedupOptions, date: int, source: str, given: int = 0) -> int:
    """Return the preference of a record; ``given`` is the place of its corpus among those that were named."""
    if options.keep == "earliest":
        return date
    if options.keep == "source":
        if not options.sources:
            return given
        return next((at for at, name in enumerate(options.sources) if source.startswith(name)), len(options.sources))
    return 0
