"""The labeller's network: pages apart, slopes as they are measured, and what it learns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from corpuskit.clean.features import NAMES
from corpuskit.clean.letters import NONE, Letters, frequent
from corpuskit.clean.network import Labeller, Model, Probabilities, chances, forward, labelled, parse, written
from corpuskit.learning import Example, fit, lined, slope, started

FEATURES = len(NAMES)
TEXTS = ("发布时间：2024-05-06", "春天的河水漫过了石头。", "", "上一篇：没有了", "發佈時間：今天")
KNOWN = frequent([Letters.of(TEXTS)], 1)


def some(chance: np.random.Generator, *sizes: int) -> list[Example]:
    """Return pages of noise, with the letters of some lines."""
    return [
        Example(
            chance.normal(size=(size, FEATURES)), chance.integers(0, 6, size), 1.0 + number, some_letters(chance, size)
        )
        for number, size in enumerate(sizes)
    ]


def some_letters(chance: np.random.Generator, size: int) -> Letters:
    return Letters.of([TEXTS[at] for at in chance.integers(0, len(TEXTS), size)])


def known(examples: Sequence[Example]) -> list[Example]:
    return [each._replace(letters=each.letters.among(KNOWN)) for each in examples]


def judged(model: Model, *examples: Example) -> list[Probabilities]:
    """Return what a model says of the lines of some pages."""
    letters = Letters.joined([each.letters for each in examples], [len(each.labels) for each in examples])
    return labelled(Labeller(KNOWN, model), [each.features for each in examples], letters)


def loss(model: Model, batch: Sequence[Example], over: float) -> float:
    """Return the weighted sum of the negative log likelihoods of the lines' labels, over ``over``."""
    lines = lined(batch)
    told = np.log(chances(forward(model, lines).scores[lines.real]))
    labels = np.concatenate([each.labels for each in batch])
    counts = np.repeat([each.weight / over for each in batch], lines.sizes)
    return -float(told[np.arange(len(labels)), labels] @ counts)


@pytest.fixture
def model() -> Model:
    chance = np.random.default_rng(1)
    return Model(*(part + chance.normal(scale=0.1, size=part.shape) for part in started(chance, 7, len(KNOWN))))


def test_a_page_is_judged_the_same_alone_and_among_others(model: Model) -> None:
    pages = some(np.random.default_rng(2), 1, 40, 3, 12)
    together = judged(model, *pages)
    for page, found in zip(pages, together, strict=True):
        assert np.array_equal(judged(model, page)[0], found)


def test_gaps_stay_empty_and_lines_in_order(model: Model) -> None:
    pages = known(some(np.random.default_rng(3), 2, 5))
    lines = lined(pages)
    trace = forward(model, lines)
    assert all((layer[~lines.real] == 0).all() for layer in (*trace.hidden, trace.told))
    assert np.array_equal(lines.features[lines.real], np.concatenate([each.features for each in pages]))
    assert np.allclose(trace.mean[1], trace.hidden[0][lines.page == 1][:5].mean(axis=0))


def test_a_line_sees_six_lines_to_each_side_and_the_mean_of_its_page(model: Model) -> None:
    blind = model._replace(page=np.zeros_like(model.page))
    [example] = some(np.random.default_rng(4), 30)
    other = example._replace(features=example.features.copy())
    other.features[15] += 1.0
    before, after = (judged(blind, each)[0] for each in (example, other))
    changed = np.flatnonzero(np.abs(before - after).max(axis=1) > 0)
    assert changed.min() == 9
    assert changed.max() == 21
    assert (judged(model, other)[0] != judged(model, example)[0]).any(axis=1).all()


def test_slopes_are_those_of_the_loss(model: Model) -> None:
    batch = known(some(np.random.default_rng(5), 4, 9, 1))
    slopes = slope(model, batch, 14.0)
    chance, small = np.random.default_rng(6), 1e-5
    for number, (part, found) in enumerate(zip(model, slopes, strict=True)):
        for _ in range(6):
            at = tuple(int(chance.integers(size)) for size in part.shape)
            sides = []
            for step in (small, -small):
                moved = part.copy()
                moved[at] += step
                sides.append(loss(Model(*(moved if i == number else p for i, p in enumerate(model))), batch, 14.0))
            assert found[at] == pytest.approx((sides[0] - sides[1]) / (2 * small), rel=1e-3, abs=1e-7)


def test_it_learns_what_only_the_line_above_tells() -> None:
    chance = np.random.default_rng(7)
    examples = []
    for _ in range(60):
        features = np.zeros((20, FEATURES), np.float32)
        features[:, 0] = 1
        features[:, 5] = chance.random(20) < 0.5
        labels = np.concatenate([[0], features[:-1, 5]]).astype(int)
        examples.append(Example(features, labels, 1.0))
    learned = fit(examples, hidden=16, epochs=100)
    found = [page.argmax(axis=1) for page in labelled(learned, [each.features for each in examples], NONE)]
    right = np.concatenate([a == each.labels for a, each in zip(found, examples, strict=True)])
    assert right.mean() > 0.95


def test_it_learns_what_only_the_letters_tell() -> None:
    chance = np.random.default_rng(8)
    furniture = np.array([1, 0, 0, 1, 1])
    examples = []
    for _ in range(60):
        at = chance.integers(0, len(TEXTS), 20)
        features = np.zeros((20, FEATURES), np.float32)
        examples.append(Example(features, furniture[at], 1.0, Letters.of([TEXTS[i] for i in at])))
    learned = fit(examples, KNOWN, hidden=16, epochs=60)
    texts = ["发布时间：2031-11-30", "石头漫过了春天。"]
    [found] = labelled(learned, [np.zeros((2, FEATURES))], Letters.of(texts))
    assert found.argmax(axis=1).tolist() == [1, 0]


def test_of_a_long_line_the_ends_are_read_and_scripts_and_numbers_count_alike() -> None:
    start, end = "甲" * 10 + "時間" + "乙" * 40, "乙" * 60 + "時間"
    middle = "甲" * 40 + "時間" + "乙" * 40
    pair = frequent([Letters.of(["时间"])], 1)
    there = [len(Letters.of([text]).among(pair).line) for text in (start, end, middle, "时间")]
    assert there == [1, 2, 0, 3]
    assert np.array_equal(Letters.of(["第３頁 NO"]).pair, Letters.of(["第7页 no"]).pair)


def test_what_is_written_reads_the_same(model: Model) -> None:
    labeller = Labeller(KNOWN, model)
    again = parse(written(labeller, pages=3), "it")
    assert np.array_equal(again.known, KNOWN)
    assert all(np.allclose(a, b, atol=5e-4) for a, b in zip(model, again.model, strict=True))
    assert written(again, pages=3) == written(labeller, pages=3)


def test_chances_stay_finite() -> None:
    found = chances(np.array([[1e4, 0.0], [-1e4, -1e4 + 1]]))
    assert np.allclose(found.sum(axis=1), 1)
