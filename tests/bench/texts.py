"""Pages for the benches: seeded sentences from templates, paragraphs of the labelled pages, and four kinds of dirt."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from corpuskit import labelled
from corpuskit.train import HELD_OUT

PAGES = Path(__file__).resolve().parents[2] / "fixtures" / "labelled"
SEED = 20_250_121

_WHO = (
    "船工老韩",
    "茶行老板",
    "县医院的护士",
    "放羊的老人",
    "修钟的师傅",
    "渡口小学的校长",
    "水文站的技术员",
    "面馆的伙计",
)
_WHERE = ("渡口", "江心洲", "石桥边", "上滩码头", "粮站后院", "老街尽头", "河堤上", "茶园里", "县城的菜场", "水库大坝")
_WHAT = (
    "青石板",
    "糯米灰浆",
    "一筐樱桃",
    "两把旧伞",
    "三丈麻绳",
    "一本账簿",
    "半船沙子",
    "一只铜铃",
    "五斤豆腐",
    "一张老照片",
)
_WHEN = ("清早", "昨天傍晚", "入冬以后", "涨水那年", "三月里", "上个星期", "天黑以前", "开秤的头一天", "雨停了以后")
_DONE = ("搬了出来", "量了又量", "送到对岸去", "重新编了号", "藏在阁楼里", "借给了邻居", "修得和从前一样", "写进了县志")
_TEMPLATES = (
    "{when}，{who}在{where}把{what}{done}，前后用了{n}个钟头。",
    "{who}说，{where}的{what}已经有{n}年没有人动过了，再过一阵子恐怕连名字也没有人记得。",
    "从{where}往东走{n}步，就是{who}从前住的地方，如今只剩下{what}。",
    "“{what}要是没有了，{where}还叫{where}吗？”{who}问了一句，没有人回答他。",
    "{when}的水位比往年高了{n}厘米，{who}天不亮就起来，先看{where}，再看{what}。",
    "据水文站的记录，{where}一共开过{n}次闸，每一次都由{who}在场，{what}也都{done}。",
    "这件事{who}讲过不下{n}遍，每一遍里{what}的来历都不一样，只有{where}三个字从来没有变过。",
    "{when}，有{n}个人在{where}等船，船没有来，{who}就把{what}{done}，大家看了一阵，也就散了。",
)
_TITLES = (
    "{where}的{what}",
    "{who}与{what}",
    "{when}，{where}来了{n}个人",
    "{what}修好了，{where}又热闹起来",
)
_BRANDS = ("金蟾", "赤兔", "银鲤", "玉鼎", "白鹭")
_SOLD = ("棋牌app下载", "棋牌官网", "彩票登录", "娱乐城注册", "体育投注", "百家乐", "老虎机", "真人视讯", "时时彩")
_HEADS = ("相关阅读", "相关推荐", "热门文章", "猜你喜欢")
_ABOVE = "首页 > 新闻 > 本地 > 正文"
_BELOW = (
    "责任编辑：彭小渡\n分享到：微信 微博 QQ空间\n上一篇：渡口的灯亮了一整夜\n版权所有 © 2021 渡江在线 渡ICP备00000001号"
)


class Writer:
    """Writes pages of about 3 KB; the same seed gives the same pages."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = random.Random(seed)
        self.sentences = [self._fill(_TEMPLATES) for _ in range(20_000)]
        self.titles = [self._fill(_TITLES) for _ in range(2_000)]
        self.borrowed = _borrowed()

    def page(self, *, dirty: bool) -> str:
        """Return a page: a title and some ten paragraphs, one in eight of them of a labelled page."""
        choose = self.random.choice
        body = [self._paragraph() for _ in range(self.random.randint(6, 14))]
        if not dirty:
            return "\n".join([choose(self.titles), *body])
        body.insert(self.random.randrange(1, len(body)), self._spam())
        body.insert(0, _mojibake(choose(self.sentences)))
        return "\n".join([_ABOVE, choose(self.titles), *body, self._related(), _BELOW])

    def pages(self, size: int, *, dirty: float) -> Iterator[str]:
        """Yield pages until they have ``size`` bytes of UTF-8; the share ``dirty`` of them carries dirt."""
        while size > 0:
            page = self.page(dirty=self.random.random() < dirty)
            size -= len(page.encode("utf-8"))
            yield page

    def _fill(self, templates: tuple[str, ...]) -> str:
        choose = self.random.choice
        known = {"who": choose(_WHO), "where": choose(_WHERE), "what": choose(_WHAT), "when": choose(_WHEN)}
        return choose(templates).format(**known, done=choose(_DONE), n=self.random.randint(2, 400))

    def _paragraph(self) -> str:
        if self.random.random() < 0.125:
            return self.random.choice(self.borrowed)
        return "".join(self.random.choices(self.sentences, k=self.random.randint(1, 4)))

    def _spam(self) -> str:
        choose = self.random.choice
        return " ".join(choose(_BRANDS) + choose(_SOLD) for _ in range(self.random.randint(12, 60)))

    def _related(self) -> str:
        return "\n".join([self.random.choice(_HEADS), *self.random.choices(self.titles, k=8)])


def _borrowed() -> list[str]:
    """Return the long body blocks of the labelled pages, those that are held out left alone."""
    pages = [page for page in labelled.load(PAGES) if not page.id.startswith(HELD_OUT)]
    blocks = (block.good for page in pages for block in page.blocks if block.role == "body" and not block.joins)
    return [text.replace("\n", "") for text in blocks if len(text) > 60]


def _mojibake(sentence: str) -> str:
    return sentence.encode("utf-8").decode("latin-1")
