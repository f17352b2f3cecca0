"""Digests: short items under headlines, which one article with cross-heads looks like."""

import pytest

import corpuskit
from corpuskit.core.page import Page
from corpuskit.core.terms import Terms
from corpuskit.segment.boundaries import split
from corpuskit.segment.digests import marked, series, titled, titled_signs
from corpuskit.segment.openings import opening
from corpuskit.segment.roles import cast
from corpuskit.segment.starts import starts

DIGEST = """湖湾快讯（第七期）
老渡口换上太阳能船
三月六日起，连接湖湾两岸的摆渡船改用太阳能供电，船身铺设了四十块电池板，晴天一次充电可往返十二趟。
图书馆为盲人读者录下三百本小说
市图书馆志愿者用两年时间录制三百部小说，本月起可在二楼听读室借阅，录音时长合计四千小时。
鲟鱼苗在上游投放
渔政部门五日在上游投放鲟鱼苗八万尾，鱼苗平均长九厘米，部分植入芯片，用来追踪洄游路线。
棋院请来七岁的裁判
少儿围棋联赛上周末开赛，执裁的是七岁的邵明川，他去年通过三级裁判员考试，当天判了十九盘棋。
""".strip()
ARTICLE = """老渡口换上太阳能船以后
摆渡人邵大河在老渡口撑了三十年船，换上太阳能船以后，他说自己反倒睡不着觉了。
没有声音的船
他总要回头看一看电池板还亮不亮。太阳能船没有声音，他说自己像是站在水面上，渡口的人也听不见他来了。
乘客少了一半
渡口上游修了桥，他的乘客只剩下放学的孩子和挑菜的老人。他把船票从两元降到一元，还是没有人来坐。
最后一趟
渡口到年底就要撤了。他打算把太阳能船开到下游去，那里的渡口还没有桥，他的女儿也住在那里。
""".strip()


BRIEFS = """
◎ 三月六日起，湖湾两岸的摆渡船改用太阳能供电，晴天一次充电可往返十二趟。
◎ 市图书馆志愿者用两年时间为盲人录制三百部小说，本月起可在二楼借阅。
◎ 渔政部门五日在上游投放鲟鱼苗八万尾，部分植入芯片，用来追踪洄游路线。
◎ 少儿围棋联赛上周末开赛，七岁的裁判员当天判了十九盘棋，无一改判。
◎ 昨日傍晚的冰雹打坏了南坡四百亩杏园，保险公司已派人到村里查勘。
""".strip()
RULES = """借书须知
读者凭证入馆，请把大件行李存在门口的柜子里，贵重物品随身携带。
1. 每证每次可借图书六册，借期三十天，到期前可在网上续借一次。
2. 图书逾期不还的，停借天数与逾期天数相同，最长不超过六十天。
3. 图书遗失的，读者可购买同版图书归还，或者按定价的三倍赔偿。
4. 阅览室内的图书阅后请放回书车，请勿带出，也不要在书上涂写。
""".strip()


def judged(text: str) -> float:
    page = Page.of(text)
    roles = cast(page)
    return titled(page, roles, starts(page, roles), Terms.of(page))


def parts(text: str) -> int:
    page = Page.of(text)
    return len(split(page, cast(page)))


def test_short_items_that_share_nothing_are_a_digest() -> None:
    assert judged(DIGEST) > judged(ARTICLE)
    assert parts(DIGEST) == 4 or parts(DIGEST) == 5


def test_paragraphs_behind_the_same_sign_that_share_nothing_are_a_digest() -> None:
    assert parts(BRIEFS) == 5
    page = Page.of(BRIEFS)
    assert series(page) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("mark", ["◎ ", "{}、", "{}. ", "【{}号快讯】", "09:0{} ", "▍"])
def test_a_title_above_them_leads_no_page_past_the_question(mark: str) -> None:
    lines = [mark.format(at) + line[2:] for at, line in enumerate(BRIEFS.splitlines(), 1)]
    text = "\n".join(["湖湾早知道今天的消息", *lines])
    assert len(corpuskit.clean_text(text).records) == parts(text) == 5


def test_numbered_rules_are_one_article() -> None:
    page = Page.of(RULES)
    roles = cast(page)
    assert series(page) == [2, 3, 4, 5]
    assert 0 < marked(page, roles, series(page), Terms.of(page)) < 0.7
    assert parts(RULES) == 1


def test_cross_heads_of_one_article_do_not_cut_it() -> None:
    assert parts(ARTICLE) == 1


def test_sections_as_long_as_a_feature_s_are_not_judged() -> None:
    long = "\n".join(line * 12 if line.endswith("。") else line for line in DIGEST.splitlines())
    page = Page.of(long)
    roles = cast(page)
    assert titled_signs(page, roles, starts(page, roles), Terms.of(page)) == {}
    assert judged(long) == 0.0


def test_two_headlines_are_too_few() -> None:
    assert judged("\n".join(DIGEST.splitlines()[:5])) == 0.0


HEADED = ["老渡口换船", "听读室上新", "放流鲟鱼苗", "棋院裁判七岁", "冰雹打了杏园"]


@pytest.mark.parametrize("form", ["▍{}：{}", "{n}、{}：{}"], ids=["sign", "number"])
def test_a_headline_before_a_colon_is_lifted_from_each_item(form: str) -> None:
    texts = [line[2:] for line in BRIEFS.splitlines()]
    page = "\n".join(form.format(head, text, n=n) for n, (head, text) in enumerate(zip(HEADED, texts, strict=True), 1))
    records = corpuskit.clean_text(page).records
    assert [record["text"] for record in records] == texts
    assert all(head in record["title"] for head, record in zip(HEADED, records, strict=True))


def test_points_of_one_article_keep_what_stands_before_their_colons() -> None:
    rules = RULES.replace("1. ", "1. 借阅期限：").replace("2. ", "2. 逾期处理：").replace("3. ", "3. 遗失赔偿：")
    (record,) = corpuskit.clean_text(rules).records
    assert "借阅期限：每证" in record["text"]


def test_a_headline_alone_behind_its_mark_opens_an_item_of_several() -> None:
    lines = [part for head, line in zip(HEADED, BRIEFS.splitlines(), strict=True) for part in (f"◆ {head}。", line[2:])]
    page = Page.of("\n".join(lines))
    assert [opening(page, line, item=True) for line in range(4)] == [len(lines[0]), None, len(lines[2]), None]
    assert opening(page, 0) is None


def test_a_source_before_a_colon_in_some_items_is_no_headline() -> None:
    said = [f"{n}、{line[2:]}" for n, line in enumerate(BRIEFS.splitlines(), 1)]
    some = [
        line.replace("、", f"、{head}：") if n < 3 else line
        for n, (head, line) in enumerate(zip(HEADED, said, strict=True))
    ]
    page = Page.of("\n".join(some))
    assert {opening(page, line, item=True) for line in range(5)} == {None}
    assert opening(Page.of("\n".join(line.replace("、", "、某某宣布：") for line in said)), 0, item=True) == 7
