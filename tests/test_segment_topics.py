import math
import random
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpuskit import labelled
from corpuskit.core.page import Page
from corpuskit.core.stems import stem
from corpuskit.core.terms import ALPHA, KINDS, Terms
from corpuskit.core.topics import PLAIN, PRIORS, Topics
from corpuskit.segment.boundaries import split
from corpuskit.segment.doubts import relented
from corpuskit.segment.leads import leading
from corpuskit.segment.optimum import best
from corpuskit.segment.roles import cast
from corpuskit.segment.shapes import STOPS, UNDECIDED, Cast, Role
from corpuskit.segment.starts import Start, several_articles
from corpuskit.train import HELD_OUT

PAGES = Path(__file__).parents[1] / "fixtures" / "labelled"

LINES = [
    "河水涨了河水又退了",
    "渡船停在河边",
    "the old ferry stopped",
    "the ferry was sold",
    "河边的渡船卖了",
    "无关的一行",
]


def score(lines: list[str]) -> float:
    """The log odds of the definition, without the pairs inside one line, which no cut can part."""
    terms = Terms(lines)
    total = 0.0
    for script in (True, False):
        mine = [t for t in terms.term.tolist() if bool(terms.word[t]) is script]
        total += math.lgamma(ALPHA) - math.lgamma(ALPHA + len(mine)) + len(mine) * math.log(ALPHA)
    for term, count in Counter(terms.term.tolist()).items():
        weight = ALPHA * terms.prior[term]
        total += math.lgamma(weight + count) - math.lgamma(weight) - count * math.log(weight)
    return total


def test_a_stretch_scores_what_the_definition_says_up_to_what_no_cut_changes() -> None:
    scores = Topics(Terms(LINES), PLAIN).all()
    alone = [score([line]) - scores[i, i + 1] for i, line in enumerate(LINES)]
    for start, end in combinations(range(len(LINES) + 1), 2):
        assert math.isclose(scores[start, end] + sum(alone[start:end]), score(LINES[start:end]), abs_tol=1e-6)


@given(st.lists(st.text("河水渡船边卖了 abe", max_size=12), min_size=2, max_size=7), st.integers(0, 99))
def test_the_best_cut_is_the_best_of_all_cuts(lines: list[str], seed: int) -> None:
    draw = random.Random(seed)
    topics = Topics(Terms(lines), [draw.uniform(-1, 1) for _ in range(len(KINDS) + 2 * len(PRIORS))])
    scores, price = topics.all(), draw.uniform(-2, 2)
    made = [start.line for start, _ in best([Start(i, []) for i in range(len(lines))], topics, price=price)]

    def worth(cut: list[int]) -> float:
        ends = [*cut[1:], len(lines)]
        return float(sum(scores[a, b] for a, b in zip(cut, ends, strict=True))) - price * (len(cut) - 1)

    inner = range(1, len(lines))
    every = [[0, *some] for count in range(len(lines)) for some in combinations(inner, count)]
    assert math.isclose(worth(made), max(map(worth, every)), abs_tol=1e-9)


def test_an_article_does_not_end_inside_its_own_headline_block() -> None:
    topics = Topics(Terms(LINES), PLAIN)
    found = [Start(0, []), Start(2, [2, 3]), Start(3, [3])]
    made = [start.line for start, _ in best(found, topics, price=-50.0)]
    assert made in ([0, 2], [0, 3])


def test_a_page_that_gains_too_little_stays_whole() -> None:
    topics = Topics(Terms(LINES), PLAIN)
    found = [Start(i, []) for i in range(len(LINES))]
    assert len(best(found, topics, price=-5.0)) > 1
    assert [start.line for start, _ in best(found, topics, price=-5.0, reserve=1e6)] == [0]


def test_no_line_and_lines_without_terms() -> None:
    assert Topics(Terms([]), PLAIN).all().shape == (0, 1)
    assert np.array_equal(Topics(Terms(["。", "1"]), PLAIN).all(), np.zeros((2, 3)))


def test_traditional_characters_are_the_terms_of_simplified_ones() -> None:
    one, other = Terms(["農業銀行"]), Terms(["农业银行"])
    assert np.array_equal(one.prior, other.prior)


def test_a_rare_character_is_a_term_whatever_stands_beside_it() -> None:
    terms = Terms(["巨鲸来了", "看鯨鱼 whale", "的人"])
    assert terms.character.sum() == 1
    [rare] = terms.character.nonzero()[0]
    assert terms.line[terms.term == rare].tolist() == [0, 1]
    table = terms.table
    assert (table.early.tolist(), table.late.tolist(), table.term.tolist()) == ([0], [1], [rare])


def test_endings_of_english_words_say_nothing() -> None:
    assert stem("ferries") == stem("ferry") == "ferry"
    assert stem("development") == stem("developers") == "develo"
    assert stem("is") == "is"


def openings(page: labelled.Page, count: int) -> list[str]:
    """Return the first short paragraphs of a page's first article."""
    blocks = next(iter(page.articles().values()))
    lines = [block.good.strip() for block in blocks if block.role == "body"]
    return [line for line in lines if 60 <= len(line) <= 160 and line[-1] == "。"][:count]


def parts(lines: list[str]) -> int:
    page = Page.of("\n".join(lines))
    return len(split(page, cast(page)))


def test_untitled_items_come_apart_and_the_paragraphs_of_one_article_do_not() -> None:
    pages = [page for page in labelled.load(PAGES) if page.kind == "related" and not page.id.startswith(HELD_OUT)]
    items = [item for page in pages if len(item := openings(page, 2)) == 2][:40]
    assert len(items) == 40
    assert parts([line for item in items for line in item]) >= 30
    # as long, on one subject
    longest = max((openings(page, 99) for page in pages), key=len)
    assert parts((longest * 80)[:80]) == 1


def briefs(page: labelled.Page, count: int) -> list[str]:
    """Return the first sentences of a page's first article that are as long as a brief."""
    text = "".join(openings(page, 99))
    return [sentence + "。" for sentence in text.split("。") if 40 <= len(sentence) <= 75][:count]


def test_paragraphs_that_each_speak_of_something_else_are_briefs_and_those_of_one_article_are_not() -> None:
    pages = [page for page in labelled.load(PAGES) if page.kind == "related" and not page.id.startswith(HELD_OUT)]
    items = [item for page in pages for item in briefs(page, 1)][:14]
    assert len(items) == 14
    assert parts(items) >= 11
    numbered = [f"{number}、{item}" for number, item in enumerate(items, 1)]
    assert parts(["江城早报告诉你的十四件事", *numbered]) == 14
    longest = max((briefs(page, 99) for page in pages), key=len)
    same = (longest * 14)[:14]
    assert parts(same) == 1
    assert parts(["江城渡口的十四条规矩", *(f"{number}、{line}" for number, line in enumerate(same, 1))]) == 1


def test_a_signature_above_a_headline_is_that_of_the_text_before_it() -> None:
    text = "渡口的灯亮了一整夜，等船的人把棉袄裹紧，谁也没有说话，只听见水拍着石阶。"
    lines = ["江边的一夜", "本报记者 江河", text, text, "{}", "渡口的第二夜", "{}", text, text]
    for above, below, found in (("本报记者 柳岸", "", False), ("", "本报记者 柳岸", True)):
        page = Page.of("\n".join(lines).format(above, below))
        assert several_articles(page, cast(page)) is found


def test_an_opening_says_when_where_and_who_and_what_stands_below_speaks_of_someone_known() -> None:
    first = leading("昨天傍晚，江州县渡口来了一位七十一岁的老船工，把用了四十年的竹篙交给了新来的人。")
    later = leading("他说不累。篙很轻。“我还会再来的。”")
    for name in ("says when", "says where", "tells an age"):
        assert (first[name], later[name]) == (1.0, 0.0)
    for name in ("speaks of someone known", "in the first person", "ends in a quotation"):
        assert (first[name], later[name]) == (0.0, 1.0)
    assert first["long first sentence"] > later["long first sentence"]
    assert first["sentences"] < later["sentences"]
    english = leading("On Friday the ferry stopped, after eighty years, and nobody came to see it.")
    assert (english["says when"], english["speaks of someone known"]) == (1.0, 0.0)


def test_of_many_headlines_none_is_taken_for_a_cut_sentence_unless_others_are_cut() -> None:
    text = "渡口的灯亮了一整夜，等船的人把棉袄裹紧，谁也没有说话。"
    doubted, whole = Cast(Role.HEAD, 20, UNDECIDED, False, 0, False), Cast(Role.BODY, 26, 0.0, False, 0, False)
    for heads, cut, found in ((8, 0, Role.HEAD), (7, 0, Role.BODY), (8, 1, Role.BODY), (12, 1, Role.HEAD)):
        page = Page.of("\n".join(["一斤茶油要剥多少果子榨坊老板算了一笔账", text] * heads + [text] * cut))
        alone = [doubted, whole] * heads + [whole] * cut
        settled = [one._replace(stop=0.0) for one in alone]
        settled[2] = settled[2]._replace(role=Role.BODY, stop=STOPS + 1)
        settled[2 * heads :] = [whole._replace(stop=STOPS + 3)] * cut
        assert relented(page, alone, settled)[2].role is found


def test_common_syllables_say_less_of_a_subject_than_rare_ones() -> None:
    for common, rare in (("습니", "맷돌"), ("ント", "ヌチ"), ("駅前", "碾臼")):
        often, seldom = (terms.prior[~terms.character][0] for terms in (Terms([common]), Terms([rare])))
        assert often > 10 * seldom
