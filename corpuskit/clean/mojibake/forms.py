"""Characters in a form of their own, and characters that do not show."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from corpuskit.clean.mojibake.work import Change, each
from corpuskit.core.late import late

_CONTROL = late(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufff9-\ufffb]+|(?<=[\u3400-\u9fff])[\x1c-\x1f\x85]+(?=[\u3400-\u9fff])"
)
_INVISIBLE = late(r"[\u200b\u2060-\u2064\ufeff\u00ad\u206a-\u206f]+")
_BIDI = late(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_JOINER = late(r"(?<=[\x21-\x7e\u3040-\u9fff])[\u200c\u200d]+(?=[\x21-\x7e\u3040-\u9fff])")
_RTL = late(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_BYTE = late(r"[\ud800-\udfff]+")
_UNSEEN = late(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""All that the patterns above look for, so that a line without any is gone through once."""
_FORM = late(r"[\u2e80-\u2fd5\uf900-\ufaff]+")
_WIDE = late(r"[０-９Ａ-Ｚａ-ｚ]+")
_HALF = late(r"[\uff61-\uff9f]")
_JAPANESE = "\u3041-\u30ff\u3400-\u9fff\uff63\uff66-\uff9f"
_KATAKANA = late(
    rf"[\uff66-\uff6f\uff71-\uff9d][\uff66-\uff9f]+|(?<=[{_JAPANESE}])[\uff61\uff63\uff64]"
    rf"|\uff62(?=[{_JAPANESE}])|(?<=[{_JAPANESE}])\uff65(?=[{_JAPANESE}])"
)
"""Half-width words, and marks beside Japanese: what is left are faces made of letters and marks."""
_UNJOINED = ("\u3099", "\u309a")
"""Voiced marks that found no letter to join."""
_OWN = "⺠⻁⻄⻅⻆⻉⻋⻌⻍⻓⻔⻘⻙⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻮⻰⻳"
_RADICALS = dict(zip(_OWN, "民虎西见角贝车辶辶长门青韦页风飞食马鬼鱼鸟麦黄齐齿龙龟", strict=True))
"""Radicals of the supplement, which normalisation leaves alone."""


def forms(text: str) -> Iterator[Change]:
    """Yield unified characters for Kangxi radicals and compatibility ideographs."""
    yield from each(text, _FORM, "garbled.form", 0.98, unify)


def katakana(text: str) -> Iterator[Change]:
    """Yield full-width katakana and marks for the half-width ones of Japanese."""
    if _HALF.search(text):
        yield from each(text, _KATAKANA, "garbled.form", 0.97, _full)


def _full(found: str) -> str:
    text = unicodedata.normalize("NFKC", found)
    return found if any(mark in text for mark in _UNJOINED) else text


def invisible(text: str) -> Iterator[Change]:
    """Yield the removal of what does not show, and U+FFFD for bytes that fit no character."""
    if not _UNSEEN.search(text):
        return
    yield from each(text, _BYTE, "garbled.undecodable", 0.97, lambda found: "\ufffd" * len(found))
    yield from each(text, _CONTROL, "garbled.control", 0.96, _nothing)
    yield from each(text, _INVISIBLE, "garbled.invisible", 0.95, _nothing)
    yield from each(text, _JOINER, "garbled.invisible", 0.95, _nothing)
    if not _RTL.search(text):
        yield from each(text, _BIDI, "garbled.bidi", 0.94, _nothing)


def narrow(text: str) -> Iterator[Change]:
    """Yield ASCII for full-width letters and digits."""
    yield from each(text, _WIDE, "garbled.width", 0.9, lambda found: unicodedata.normalize("NFKC", found))


def unify(found: str) -> str:
    """Return compatibility forms as unified characters."""
    return "".join(_RADICALS.get(c) or unicodedata.normalize("NFKC" if c < "\u3000" else "NFC", c) for c in found)


def _nothing(found: str) -> str:
    return ""
