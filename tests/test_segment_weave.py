from itertools import pairwise

from corpuskit.config import Config
from corpuskit.core.page import Page
from corpuskit.pipeline import Pipeline
from corpuskit.segment.columns import turns

MASTHEAD = "江汀晚报　2019年3月8日　星期五　第6版"
BOAT = [
    "石湾的渡船昨天重新下水。船底新刷了三遍桐油，船老大说这条船还能再摆二十年，摆到河上修起大",
    "桥为止。",
    "渡船停了整整一个冬天。船老大把船拖上河滩，请来邻村的老木匠，换掉了船帮上烂掉的十一块木",
    "板，用的都是老杉木。",
    "开船那天坐渡船的人排到了河堤上，船老大没有收钱，只请每个人上船的时候摸一摸新换的船帮。",
]
TEA = [
    "茶场今年的头春茶比去年晚采了九天。采茶的女工都说是倒春寒冻住了茶芽，炒茶的锅也跟着凉了九",
    "个晚上。",
    "炒茶师傅趁着空闲把六口铁锅重新磨了一遍。他说茶叶好不好一半在锅里，锅面磨得像镜子，炒出来的茶才不会",
    "带焦味。",
    "第一锅茶炒好以后，茶场把它分给了采茶的女工，每人二两，用的是炒茶师傅自己糊的纸袋。",
]


def test_columns_read_straight_across_are_two_articles_again() -> None:
    turns = [line for pair in zip(BOAT, TEA, strict=True) for line in pair]
    heads = ["渡船换了十一块船板", "头春茶晚了九天", "本报记者 柳岸", "本报记者 江禾"]
    found = Pipeline(Config()).clean_text("\n".join([MASTHEAD, *heads, *turns]), "-").records
    assert [(record["title"], record["metadata"]["byline"]) for record in found] == [
        (heads[0], heads[2]),
        (heads[1], heads[3]),
    ]
    for record, text in zip(found, (BOAT, TEA), strict=True):
        assert record["text"].split("\n") == [text[0] + text[1], text[2] + text[3], text[4]]


def test_an_article_with_a_box_inside_a_sentence_stays_one() -> None:
    lines = [BOAT[0], "【小资料】", "石湾渡始于清代，鼎盛时有渡船九条。", *BOAT[1:]]
    found = Pipeline(Config()).clean_text("\n".join([MASTHEAD, "渡船换了十一块船板", *lines]), "-").records
    assert [record["title"] for record in found] == ["渡船换了十一块船板"]


def narrow(paragraphs: list[str], width: int = 15) -> list[str]:
    text = "".join(paragraphs)
    return [text[at : at + width] for at in range(0, len(text), width)]


def test_lines_of_narrow_columns_read_straight_across_go_on_in_the_line_after_the_next() -> None:
    left, right = narrow(BOAT), narrow(TEA)
    across = [line for pair in zip(left, right, strict=False) for line in pair]
    assert sum(turns(Page.of("\n".join([MASTHEAD, *across])))) > 0.8 * len(across)
    assert not any(turns(Page.of("\n".join([MASTHEAD, *left, *right]))))
    found = Pipeline(Config()).clean_text("\n".join([MASTHEAD, "渡船换了船板", "头春茶晚了九天", *across]), "-").records
    text = "\n".join(record["text"] for record in found)
    held = [sum(one + other in text for one, other in pairwise(lines)) for lines in (left, right)]
    assert sum(held) > 0.7 * len(across)


def test_text_above_the_first_headline_of_a_sheet_goes_home_to_its_article() -> None:
    heads = ["头春茶晚了九天", "本报记者 江禾", "渡船换了十一块船板", "本报记者 柳岸"]
    lines = [BOAT[4], MASTHEAD, *heads[:2], TEA[0] + TEA[1], TEA[4], *heads[2:], BOAT[0] + BOAT[1], BOAT[2] + BOAT[3]]
    found = Pipeline(Config()).clean_text("\n".join(lines), "-").records
    assert [(record["title"], record["text"].split("\n")[-1]) for record in found] == [
        (heads[0], TEA[4]),
        (heads[2], BOAT[4]),
    ]
