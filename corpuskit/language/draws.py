"""langdetect's judgement over arrays: the n-grams that it draws, drawn in the same order, give the same probabilities.

langdetect (Shuyo, "Language Detection Library for Java", 2010) draws n-grams of a text at random and multiplies the
probability of each language by that of the n-gram in it, until one language is sure; seven times over. Its tables, its
normal forms and its constants are used as they are; what is done here is its two innermost loops, which take it nine
tenths of its time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.utils.ngram import NGram

if TYPE_CHECKING:
    from langdetect.detector import Detector

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BLANKS = re.compile(" +")
_SEED = 0
_BITS, _STRANGE = 10, 1023
"""Bits of the number of a letter, and the number of one that no table has."""
_COMBINING = "\u0300"
"""Letters from here on count against Latin script, and langdetect drops what is in the minority."""
_EACH = 5
"""N-grams that langdetect draws between two looks at how sure it is."""


class Tables(NamedTuple):
    """The n-grams of some languages."""

    factory: DetectorFactory
    letters: dict[str, int]
    """Numbers of the letters of the n-grams, from 1."""
    grams: Ints
    """Numbers of the n-grams as :func:`_number` gives them, ascending."""
    shares: Floats
    """How often each stands in each language, shape (n-grams, languages)."""


@cache
def tables(languages: tuple[str, ...]) -> Tables:
    """Return langdetect's tables of some languages, in the order given and with a seed of our own."""
    factory = DetectorFactory()
    factory.langlist = [*languages]
    factory.set_seed(_SEED)
    known, shares = _shares(languages)
    letters = {char: number for number, char in enumerate(sorted({*"".join(known)}), 1)}
    numbers = np.array([_number(*(letters[char] for char in gram)) for gram in known])
    order = np.argsort(numbers)
    return Tables(factory, letters, numbers[order], shares[order])


def _shares(languages: tuple[str, ...]) -> tuple[list[str], Floats]:
    """Return the n-grams of some languages, and how often each stands in each, shape (n-grams, languages)."""
    # langdetect makes lists of them, in twice the time and four times the memory
    profiles = [orjson.loads(Path(PROFILES_DIRECTORY, tag).read_bytes()) for tag in languages]
    grams = [*dict.fromkeys(gram for held in profiles for gram in held["freq"])]
    row = {gram: number for number, gram in enumerate(grams)}
    shares = np.zeros((len(grams), len(languages)))
    for column, held in enumerate(profiles):
        totals = np.array(held["n_words"])[[len(gram) - 1 for gram in held["freq"]]]
        shares[[row[gram] for gram in held["freq"]], column] = np.array([*held["freq"].values()]) / totals
    return grams, shares


def _number(first: Any, second: Any = None, third: Any = None) -> Any:
    """Return the number of an n-gram of one to three letters, given by number, or of each of many."""
    out = first
    for letter in (second, third):
        out = out if letter is None else out << _BITS | letter
    return out


def likeliest(words: str, languages: tuple[str, ...]) -> tuple[str, float] | None:
    """Return the likeliest of some languages and its probability; None where no n-gram tells or none is likely.

    ``words`` are letters, apostrophes and blanks: addresses, of which langdetect clears a text, cannot be among them.
    """
    known = tables(languages)
    detector = known.factory.create()
    detector.text = words
    if max(words, default="") >= _COMBINING:
        detector.cleaning_text()
    found = _grams(detector.text, known)
    if not found:
        return None
    shares = _drawn(detector, found, known.shares)
    best = int(shares.argmax())
    return (languages[best], float(shares[best])) if shares[best] > detector.PROB_THRESHOLD else None


def _grams(text: str, known: Tables) -> list[int]:
    """Return the rows of the n-grams of a text, by the place where they end and by length.

    None reaches back over a blank, and none ends in the second of two capitals.
    """
    text = _BLANKS.sub(" ", " " + "".join(map(_normal, text)))
    letters = np.array([*map(known.letters.get, text, repeat(_STRANGE))])
    blank, capital = letters == known.letters[" "], np.array([*map(str.isupper, text)])
    numbers = np.zeros((len(text) - 1, 3), np.int64)
    numbers[:, 0] = np.where(blank[1:], 0, letters[1:])
    numbers[:, 1] = _number(letters[:-1], letters[1:])
    numbers[1:, 2] = np.where(blank[1:-1], 0, _number(letters[:-2], letters[1:-1], letters[2:]))
    numbers[capital[1:] & capital[:-1]] = 0
    at = np.minimum(np.searchsorted(known.grams, numbers), len(known.grams) - 1)
    found: list[int] = at[known.grams[at] == numbers].tolist()
    return found


@cache
def _normal(char: str) -> str:
    """Return the form of a character that langdetect's tables have."""
    form: str = NGram.normalize(char)
    return form


def _drawn(detector: Detector, found: list[int], shares: Floats) -> Floats:
    """Return the probability of each language, the mean of all trials, shape (languages,)."""
    draw = random.Random(detector.seed)
    out = np.zeros(shares.shape[1])
    for _ in range(detector.n_trial):
        out += _trial(detector, found, shares, draw) / detector.n_trial
    return out


def _trial(detector: Detector, found: list[int], shares: Floats, draw: random.Random) -> Floats:
    """Return the probability of each language when one is sure, or when enough n-grams are drawn."""
    weight = (detector.alpha + draw.gauss(0.0, 1.0) * detector.ALPHA_WIDTH) / detector.BASE_FREQ
    chances = np.full(shares.shape[1], 1.0 / shares.shape[1])
    for drawn, gram in enumerate(_choices(found, draw)):
        chances *= shares[gram] + weight
        if drawn % _EACH == 0:
            held = chances.tolist()
            # one after the other, as langdetect adds them: so no rounding differs
            whole = sum(held)
            chances /= whole
            if max(held) / whole > detector.CONV_THRESHOLD or drawn >= detector.ITERATION_LIMIT:
                break
    return chances


def _choices(found: list[int], draw: random.Random) -> Iterator[int]:
    """Yield what ``draw.choice(found)`` gives, call by call: it spends most of its time on the way to the bits."""
    size, bits = len(found), draw.getrandbits
    width = size.bit_length()
    while True:
        at = bits(width)
        if at < size:
            yield found[at]
