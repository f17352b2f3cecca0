"""Uncertain decisions of a finished run, gone through by a person: a queue, a store of decisions, a local web page."""
