"""Paragraphs of other articles behind the foot of an article: told by their subjects, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from corpuskit.clean.strangers import strangers
from corpuskit.core.page import Page

ARTICLE = [
    "青石码头的老渡船昨天早晨最后一次离岸，船工姚大伯把竹篙横在船头，渡船上坐着二十一个乘客，都是来送渡船的，没有人要到对岸去。",
    "渡船在青石码头摆了六十四年。姚大伯的父亲撑船的时候，竹篙有两丈长，乘客上船先把鞋提在手里，因为船底总有一寸深的江水。",
    "对岸的大桥通车以后，码头上的乘客一年比一年少，去年冬天有十九天渡船一个乘客也没有，姚大伯照样撑着竹篙过江，说船停久了会忘路。",
    "船工们把渡船拖上岸，放在码头的石阶旁边。姚大伯用桐油把船底刷了三遍，竹篙插在船头的洞里，乘客们说，这样看起来渡船还在等人。",
    "镇上打算在码头立一块石碑，刻上历代船工的名字。姚大伯说名字不必刻，把竹篙的长短刻上去，后来的乘客就知道江水从前有多深。",
]
FOOT = "分享到：微信 微博 收藏 打印"
OTHERS = [
    "面粉过筛以后加入酵母和温糖水，揉到面团光滑不粘手，盖上湿布发酵一小时，再把气泡压出来，搓成长条切成剂子，擀皮时中间略厚。",
    "国家队昨晚公布集训名单，三名前锋因为膝盖受伤落选，主教练在发布会上说，防守反击的战术不会改变，替补门将有望首次入选大名单。",
    "电池厂商公布新一代固态电解质，能量密度提高四成，低温下的循环寿命也有改善，分析师预计两年内装车，股价盘前上涨百分之六。",
]


def found(lines: list[str]) -> list[str]:
    gone = np.array([line == FOOT for line in lines])
    return [lines[index] for index in strangers(Page.of("\n".join(lines)), gone)]


def test_paragraphs_of_other_subjects_behind_the_foot_are_strangers() -> None:
    assert found([*ARTICLE, FOOT, *OTHERS]) == OTHERS


def test_short_lines_between_them_are_their_titles() -> None:
    titled = ["怎样和面", OTHERS[0], "名单公布", OTHERS[1]]
    assert found([*ARTICLE, FOOT, *titled]) == titled


@pytest.mark.parametrize(
    "lines",
    [
        [*ARTICLE, *OTHERS],
        [*ARTICLE[:3], FOOT, *OTHERS],
        [*ARTICLE[:4], FOOT, ARTICLE[4], *OTHERS[:1]],
        [*ARTICLE, FOOT, OTHERS[0]],
        [*ARTICLE, FOOT, "2019年3月4日", *OTHERS],
        [*ARTICLE, FOOT, *(f"本报讯 {text}" for text in OTHERS)],
        [
            *(f"【{n}】{text}" for n, text in enumerate(ARTICLE, 1)),
            FOOT,
            *(f"【{n}】{t}" for n, t in enumerate(OTHERS, 6)),
        ],
        [FOOT, *OTHERS],
    ],
    ids=[
        "no foot",
        "too little above",
        "the article goes on",
        "one alone",
        "dated",
        "a paper's",
        "numbers that go on",
        "no article",
    ],
)
def test_others_are_none(lines: list[str]) -> None:
    assert found(lines) == []
