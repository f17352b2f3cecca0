"""What pytest leaves alone here."""

collect_ignore = ["dedup_datatrove.py"]
"""Run by a Python that has datatrove, which the tests need not have."""
