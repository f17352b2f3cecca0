"""Which language a text is in: scripts first, langdetect among the languages that share one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points
from corpuskit.language import scripts

_SAMPLE = 4000
_SLICES = 40
_DETECT_SAMPLE = 1500
_DETECT_SLICES = 8
_HAN_WEIGHT = 3
"""Letters that one Han character, kana or hangul syllable is worth, as a share of a text."""
_NAME_WEIGHT = 0.25
"""What a letter counts in a word that does not begin in lower case: names are quoted more than sentences."""
_FEWEST = 3
"""Letters below which langdetect is not asked."""
_HALFWAY = 10
"""Letters at which langdetect's own certainty counts half: it is sure of "Aviso legal" being Slovenian."""
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_SHARED: dict[int, tuple[str, ...]] = {
    scripts.LATIN: (
        *("af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "nl"),
        *("no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi"),
    ),
    scripts.CYRILLIC: ("bg", "mk", "ru", "uk"),
    scripts.ARABIC: ("ar", "fa", "ur"),
    scripts.DEVANAGARI: ("hi", "mr", "ne"),
}


TAGS = frozenset({"und", "zh", "zh-Hans", "zh-Hant", *filter(None, scripts.TAGS.values())}.union(*_SHARED.values()))
"""Every tag that a text can be given."""


class Language(NamedTuple):
    """A BCP 47 tag, ``und`` for none, and how certain it is, 0 to 1."""

    tag: str
    certainty: float


UNDETERMINED = Language("und", 0.0)


def identify(text: str) -> Language:
    """Return the language most of a text is in; Chinese with its script where its characters tell.

    At most 4,000 characters, spread over the text, are looked at. The same text gives the same answer, whatever
    was asked before.

    >>> identify("中国经济发展").tag, identify("中國經濟發展").tag, identify("天地人").tag, identify("—— 2025").tag
    ('zh-Hans', 'zh-Hant', 'zh', 'und')
    >>> identify("東京の天気").tag, identify("오늘의 날씨").tag
    ('ja', 'ko')
    """
    sample = _spread(text, _SAMPLE, _SLICES)
    codes = code_points(sample)
    counts = scripts.count(codes)
    han = scripts.having(counts, scripts.HAN)
    east = han + counts[scripts.KANA] + counts[scripts.HANGUL]
    lettered = counts[scripts.LATIN :]
    script, letters = scripts.LATIN + lettered.index(max(lettered)), sum(lettered)
    if not east and not letters:
        return UNDETERMINED
    if _is_eastern(sample, script, east, counts[script]):
        found = _eastern(counts, han)
        share = _HAN_WEIGHT * east / (_HAN_WEIGHT * east + letters)
    else:
        found = _lettered(sample, codes, script)
        share = counts[script] / (_HAN_WEIGHT * east + letters)
    return Language(found.tag, round(found.certainty * share, 4))


def _spread(text: str, size: int, slices: int) -> str:
    """Return slices at equal distances, ``size`` characters in all."""
    if len(text) <= size:
        return text
    width = size // slices
    step = (len(text) - width) // (slices - 1)
    return " ".join(text[start : start + width] for start in range(0, step * slices, step))


def _is_eastern(sample: str, script: int, east: int, letters: int) -> bool:
    if script != scripts.LATIN or not east or _HAN_WEIGHT * east >= letters:
        return _HAN_WEIGHT * east >= letters
    words = _WORD.findall(sample)
    running = sum(len(word) for word in words if word[0].islower())
    return _HAN_WEIGHT * east >= running + _NAME_WEIGHT * (letters - running)


def _eastern(counts: Sequence[int], han: int) -> Language:
    kana, hangul = counts[scripts.KANA], counts[scripts.HANGUL]
    if hangul > kana and 4 * hangul >= han:
        return Language("ko", hangul / (hangul + kana + 0.25 * han))
    if _is_japanese(counts, han, kana):
        return Language("ja", 1.0 if kana else 0.6)
    return _chinese(scripts.having(counts, scripts.HANS), scripts.having(counts, scripts.HANT), han)


def _is_japanese(counts: Sequence[int], han: int, kana: int) -> bool:
    """Kana decide, unless they are a quotation among Han characters that Japanese does not use."""
    foreign = scripts.having(counts, scripts.NOT_JAPANESE)
    own = scripts.having(counts, scripts.JAPANESE)
    if not kana:
        return (own > foreign and 50 * own >= han) or (not foreign and _is_mixed(counts))
    return 2 * kana >= han or (foreign < kana + own and 10 * foreign < han)


def _is_mixed(counts: Sequence[int]) -> bool:
    """Japan shortened 国 and 会 as the mainland did, and left 東 and 開 as they were."""
    return min(scripts.having(counts, scripts.HANS), scripts.having(counts, scripts.HANT)) > 0


def _chinese(hans: int, hant: int, han: int) -> Language:
    if hans == hant:
        return Language("zh", han / (han + 1))
    tag = "zh-Hans" if hans > hant else "zh-Hant"
    return Language(tag, max(hans, hant) / (hans + hant + 1))


def _lettered(sample: str, codes: npt.NDArray[np.uint32], script: int) -> Language:
    if script not in _SHARED:
        return Language(scripts.TAGS[script], 1.0)
    # other scripts would only add noise
    mine = scripts.classes()[codes] == script
    kept = np.where(mine | (codes == ord("'")), codes, np.uint32(ord(" ")))
    return _detect(kept.tobytes().decode("utf-32-le"), script)


def _detect(text: str, script: int) -> Language:
    from corpuskit.language.draws import likeliest

    words = _spread(" ".join(text.split()), _DETECT_SAMPLE, _DETECT_SLICES)
    letters = len(words) - words.count(" ")
    if letters < _FEWEST:
        return UNDETERMINED
    # langdetect skips words all in capitals
    found = likeliest(words, _SHARED[script]) or likeliest(words.lower(), _SHARED[script])
    if found is None:
        return UNDETERMINED
    tag, chance = found
    return Language(tag, min(1.0, chance) * letters / (letters + _HALFWAY))
