"""A finished run for people: ``report.html``, one file that needs nothing else."""

from corpuskit.report.document import NAME, attempt, build, write_report
from corpuskit.report.glance import Manual

__all__ = ["NAME", "Manual", "attempt", "build", "write_report"]
