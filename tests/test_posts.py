"""Posts of a page: what recurs around them, and when they are no posts at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.clean.posts import COMMENT, FRAME, SAID, raised, roles
from corpuskit.clean.verdict import NONE
from corpuskit.core.page import Page

ARTICLE = [
    "堤上的风向标修好以后，渔民出海前总要抬头看一眼，再到茶棚里把当天的风说给别人听，说错了也没有人计较，因为风自己也常常说话不算数，早上往东，午后又掉过头来，把晾在堤上的网吹成一个一个的口袋。",
    "看堤的人姓骆，在这里住了三十一年，他说风向标转得最快的那一夜，连铁杆都在响，第二天一早杆子歪了两指，他自己爬上去扳正的，扳的时候手心里全是锈，洗了三天才洗干净，到现在闻着还有一股铁腥味。",
    "今年换上的是一只铜鸟，县里的铜匠打的，眼睛是两颗玻璃珠，夜里船灯照过来会亮一下，孩子们都说它在眨眼睛。",
]
NAMES = ["海带", "老骆", "east_wind", "补网的", "灯塔下"]
SAYS = [
    "铜鸟好看，就是尾巴重了，转不过来。",
    "县里的铜匠是我表哥，他打了三个月，眼睛换过两回。",
    "昨晚路过，真的在眨眼睛。",
    "以前那只是铁的，锈得只剩半边翅膀，我小时候还拿弹弓打过。",
    "看堤的老骆人很好，请我喝过茶。",
]


def posts(stamp: str = "2016-08-0{n} 21:1{n}", button: str = "回复 举报") -> list[str]:
    return [
        line
        for n, (name, says) in enumerate(zip(NAMES, SAYS, strict=True))
        for line in (name, stamp.format(n=n + 1), says, button)
    ]


def told(lines: list[str]) -> dict[str, str | None]:
    page = Page.of("\n".join(lines))
    known = roles(page)
    return {
        line.text: known.get(place) for line, place in zip(page.lines, page.places, strict=True) if place is not None
    }


@pytest.mark.parametrize("head", ["评论（5）", "5 Comments", "网友评论", "共有5条评论", "コメント (5)", "댓글 5"])
def test_posts_under_an_article_are_comments(head: str) -> None:
    found = told([*ARTICLE, head, *posts()])
    assert {found[line] for line in ARTICLE} == {None}
    assert {found[line] for line in (head, *SAYS)} == {COMMENT}


@pytest.mark.parametrize(
    "stamp", ["2016-08-0{n} 21:1{n}", "{n}天前", "{n} hours ago", "第{n}楼", "#{n}", "Aug {n}, 2016 at 9:1{n}"]
)
def test_posts_without_an_article_are_a_thread(stamp: str) -> None:
    found = told(["堤上的铜鸟", *posts(stamp)])
    assert {found[line] for line in SAYS} == {SAID}
    assert {found[line] for line in NAMES[1:]} == {FRAME}


def test_three_posts_make_a_thread_where_the_page_calls_itself_a_forum() -> None:
    three = posts()[:12]
    assert SAID not in told(three).values()
    assert {told(["渔港论坛", *three])[line] for line in SAYS[:3]} == {SAID}


def test_the_last_post_ends_with_its_sentences() -> None:
    last = ["后来杆子又歪了一次，这回是船撞的。", "再后来就没有人提了。"]
    found = told([*posts("第{n}楼")[:-1], *last, "关于我们"])
    assert {found[line] for line in last} == {SAID}
    assert found["关于我们"] is None


def test_a_list_of_answers_is_no_text() -> None:
    rows = [
        f"{text}【{name}】08-1{n} 16:0{m} {m}字"
        for n in range(5)
        for m, (name, text) in enumerate(zip(NAMES, SAYS, strict=True))
    ]
    found = told([*ARTICLE, "回复线索：", *rows, "主题已经关闭"])
    assert {found[row] for row in rows} == {COMMENT}
    assert {found[line] for line in (*ARTICLE, "主题已经关闭")} == {None}
    assert set(told([*ARTICLE, "当天的航班：", *rows]).values()) == {None}


def test_a_mark_may_stand_behind_the_text() -> None:
    lines = [
        line for name, says in zip(NAMES, SAYS, strict=True) for line in (f"{name}:", "浙江", says, "3天前", "0 赞")
    ]
    found = told(["全部评论", *lines])
    assert {found[line] for line in SAYS[1:]} == {SAID}
    assert {found[f"{name}:"] for name in NAMES[1:]} == {FRAME}


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("高级会员　帖子 88　积分 341", FRAME),
        ("Posts: 1,204", FRAME),
        ("本帖最后由 老骆 于 2016-8-2 08:10 编辑", FRAME),
        ("引用：海带 发表于 2016-8-1 21:11", FRAME),
        ("引用：海带 发表于 2016-8-1 21:11 你说的是铁的那只，还是铜的？", SAID),
        ("—— 风大不出海 ——", FRAME),
        ("引用 引用第3楼海带于2016-08-01 21:11发表的 ：", FRAME),
        ("铜匠的帖子我看过，他说过尾巴要重。", SAID),
    ],
)
def test_forms_of_a_frame(line: str, role: str) -> None:
    lines = posts("第{n}楼")
    assert told([*lines[:2], line, *lines[2:]])[line] == role


def test_a_name_with_a_button_goes_before_a_shorter_text() -> None:
    says = ["好看", "尾巴重", "眨眼睛", "喝茶去", "转向了"]
    found = told(
        [line for n, text in enumerate(says) for line in (f"#{n} - 2016-8-1 21:1{n}", f"{NAMES[n]}回复", text)]
    )
    assert {found[line] for line in says} == {SAID}
    assert {found[f"{name}回复"] for name in NAMES[1:]} == {FRAME}


def test_no_post_is_left_with_nothing() -> None:
    says = ["好看", "尾巴重", "眨眼睛", "喝茶去", "转向了"]
    found = told(
        [line for n, (name, short) in enumerate(zip(NAMES, says, strict=True)) for line in (f"{name} #{n}", short)]
    )
    assert {found[short] for short in says} == {SAID}


@pytest.mark.parametrize(
    "lines",
    [
        [
            "09:05",
            "主持人宣布开始。",
            "10:20",
            "船工请求发言。",
            "11:40",
            "写进记录。",
            "14:10",
            "休会。",
            "16:30",
            "散会。",
        ],
        [f"200{n}-05-02 08:00\n换下第{n}块石板，用的是上游废桥的石料。" for n in range(8)],
        [f"问：第{n}年怎么样？\n答：第{n}年的风比前一年大。" for n in range(8)],
        [f"{n}. 铜鸟的尾巴有{n}寸长" for n in range(1, 9)],
        [f"铜鸟第{n}次转向\n{n}小时前" for n in range(1, 9)],
    ],
    ids=["minutes", "chronicle", "questions", "list", "feed"],
)
@pytest.mark.parametrize("head", [[], ARTICLE], ids=["alone", "under an article"])
def test_what_only_looks_like_posts(head: list[str], lines: list[str]) -> None:
    assert set(told([*head, *lines]).values()) <= {None}


def test_a_list_of_others_ends_comments() -> None:
    feed = [line for n in range(1, 6) for line in (f"另一篇讲风的文章之{n}", f"2016-07-0{n} 10:00")]
    found = told([*ARTICLE, "评论（5）", *posts(), "相关文章", *feed])
    assert found["另一篇讲风的文章之1"] is None
    assert found[SAYS[0]] == COMMENT


def test_comments_stay_on_request() -> None:
    page = Page.of("\n".join([*ARTICLE, "评论（5）", *posts()]))
    verdicts = [NONE] * len(page.lines)
    assert raised(page, verdicts, comments=False) == verdicts
    assert sum(verdict.score > 0.7 for verdict in raised(page, verdicts, comments=True)) >= len(posts())


@given(st.lists(st.sampled_from([*ARTICLE, *posts(), "评论（5）", "相关文章", "#3", "3天前", "顶"]), max_size=60))
def test_roles_are_of_lines_of_the_page(lines: list[str]) -> None:
    page = Page.of("\n".join(lines))
    known = roles(page)
    assert known.keys() <= set(page.places)
    assert known == roles(Page.of(page.text))


def mails(head: str, *, quote: str = "") -> list[str]:
    """Return posts sent as mail, each under fields of its own; the second quotes the first."""
    out = []
    for n, (name, says) in enumerate(zip(NAMES, SAYS, strict=True)):
        out += [line.format(name=name, re="Re: " * (n > 0), n=n + 1) for line in head.splitlines()]
        out += [quote.format(name=NAMES[0]), f": {SAYS[0]}"] * (n == 1 and quote != "")
        out += [says, "--", "风来了就走", f"※ 来源:・渔港站 port.example・[FROM: 192.0.2.{n}]"]
    return out


BOARD = """发信人: {name} (看风的), 信区: Harbour
标  题: {re}堤上的铜鸟
发信站: 渔港站 (Sun Aug  {n} 21:1{n}:07 2004), 转信"""
LIST = """From: {name} <{n} at port.example>
Date: Sun Aug {n} 21:1{n}:44 UTC 2004"""


@pytest.mark.parametrize("head", [BOARD, LIST], ids=["board", "list"])
def test_posts_sent_as_mail_are_a_thread(head: str) -> None:
    lines = mails(head, quote="【 在 {name} 的大作中提到: 】")
    found = told(lines)
    assert {found[line] for line in SAYS} == {SAID}
    subject = "标  题: 堤上的铜鸟"
    assert {found[line] for line in lines if line not in (*SAYS, subject)} - {None} == {FRAME}
    assert found.get(subject) is None, "the layout lifts what the first post is about"
    assert found[f": {SAYS[0]}"] == FRAME


def test_a_signature_ends_where_the_next_post_begins() -> None:
    cut = ["风大，", "船都没出，", "铜鸟也不转，", "茶棚里坐满了人"]
    lines = mails(LIST)
    at = lines.index(SAYS[3])
    found = told([*lines[: at - 2], "主题: Re: 铜鸟", *cut, *lines[at - 2 :]])
    assert FRAME not in {found[line] for line in cut}


def test_numbers_that_count_up_tell_posts() -> None:
    lines = [
        line
        for n, says in enumerate(SAYS)
        for line in (f"{n + 1} ：名無し：2006/08/13(日) 22:1{n}:03 ID:k3Zq{n}", ">>1", says)
    ]
    found = told(lines)
    assert {found[line] for line in SAYS} == {SAID}
    assert found[">>1"] == found["2 ：名無し：2006/08/13(日) 22:11:03 ID:k3Zq1"] == FRAME
    blank = [line.replace(" ：名無し：", "　名無し　OP　") for line in lines]
    assert {told(blank)[line] for line in SAYS} == {SAID}
    assert set(told([f"{line[0] * 2}{line[1:]}" if "名無し" in line else line for line in lines]).values()) <= {None}


def test_what_repeats_the_post_above_is_a_quotation() -> None:
    again = f"海带 发表于 2016-8-1 21:11 {SAYS[1]}"
    lines = posts("第{n}楼")
    assert told([*lines[:10], again, *lines[10:]])[again] == FRAME
    other = "海带 发表于 2016-8-1 21:11 我看见的那一只比它小，停在塔顶上。"
    assert told([*lines[:10], other, *lines[10:]])[other] == SAID


def test_a_long_line_that_recurs_is_the_frame() -> None:
    button = "请先登录或者注册一个渔港的账号，才能参加这里的讨论。"
    lines = [line.replace("回复 举报", button) for line in posts("第{n}楼")]
    assert told(lines)[button] == FRAME


def test_comments_in_one_line_with_their_time() -> None:
    rows = [f"{name}　2012年11月1{n}日 2{n}:14　{says}" for n, (name, says) in enumerate(zip(NAMES, SAYS, strict=True))]
    found = told([*ARTICLE, "《堤上的铜鸟》上有 5 条评论", *rows])
    assert {found[row] for row in rows} == {COMMENT}
    assert {found[line] for line in ARTICLE} == {None}
    assert set(told([*ARTICLE, *rows]).values()) <= {None}, "nothing announces them"


def test_two_counted_posts_make_a_thread_where_the_page_calls_itself_a_forum() -> None:
    two = posts("第{n}楼")[:8]
    assert SAID not in told(two).values()
    assert {told(["渔港论坛", *two])[line] for line in SAYS[:2]} == {SAID}
    assert SAID not in told(["渔港论坛", *posts()[:8]]).values(), "times alone count no posts"


def test_what_repeats_a_post_above_stays_where_the_post_says_nothing_else() -> None:
    lines = posts("第{n}楼")
    copied = [*lines[:10], SAYS[1], *lines[11:]]
    assert told(copied)[SAYS[1]] == SAID
