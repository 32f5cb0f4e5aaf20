"""Deciding from their names whether two indicators mean the same quantity.

Names are compared by their words after synonyms are replaced. A name that tells a change (降幅),
another condition (90 ℃ / 37 ℃) or the opposite end (上限 / 下限) is near but not the same: its figure
must never be compared, only shown for the reader to judge.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from search.analysis import clean, runs, segment

#: The number of characters that are read; the form allows 40.
MAX_LENGTH = 80
#: The likeness from which two names mean the same.
ALIKE = 0.75


class Relation(StrEnum):
    """The relation of two names."""

    SAME = "same"
    OTHER_MEANING = "other_meaning"
    OTHER_CONDITIONS = "other_conditions"
    STRANGE = "strange"


#: Synonyms: each is replaced by the first of its line. Longer ones are replaced first.
_SYNONYMS = (
    ("释放量", "释放限量", "释放浓度", "散发量"),
    ("排放浓度", "排放限值", "出口浓度"),
    ("收率", "得率", "产率"),
    ("平均无故障时间", "平均故障间隔时间", "平均无故障工作时间", "整机连续无故障时间", "mtbf"),
    ("使用寿命", "寿命", "服役寿命"),
    ("抗弯强度", "弯曲强度", "抗折强度", "静曲强度"),
    ("抗拉强度", "拉伸强度", "极限拉伸强度"),
    ("伸长率", "延伸率", "断后伸长率", "断裂伸长率"),
    ("内结合强度", "内胶合强度"),
    ("矫顽力", "内禀矫顽力"),
    ("剩磁", "剩余磁感应强度", "剩磁感应强度"),
    ("磁能积", "最大磁能积"),
    ("热导率", "导热系数", "导热率"),
    ("电导率", "导电率"),
    ("噪声", "噪音"),
    ("能耗", "能量消耗"),
    ("含水率", "含水量", "水分含量"),
    ("粗糙度", "表面粗糙度"),
    ("检出限", "检测限", "最低检出限", "检测下限"),
    ("准确率", "正确率", "准确度"),
    ("合格率", "良品率", "成品合格率", "良率"),
    ("单价", "价格", "售价"),
    ("精度", "精确度"),
    ("孔隙率", "气孔率"),
    ("重量", "质量重量", "自重"),
    ("充电时间", "充电时长"),
    ("运行时间", "运行时长"),
    ("续航", "续航时间", "续航时长"),
    ("cod", "化学需氧量", "codcr"),
    ("氨氮", "nh3-n", "nh4-n"),
    ("总氮", "tn"),
    ("总磷", "tp"),
    ("氮氧化物", "nox"),
    ("二氧化硫", "so2"),
    ("二氧化碳", "co2"),
    ("挥发性有机物", "vocs", "voc"),
    ("重稀土", "镝铽"),
    ("降幅", "降低率", "下降率", "减少率", "降低幅度", "降低比例"),
    ("增幅", "提升率", "提高率", "增长率", "提升幅度", "提高幅度"),
)
# The first one stands for itself, so that 寿命 is not found again within 使用寿命.
_PLAIN = {word: line[0] for line in _SYNONYMS for word in line}


def _spelled(word: str) -> str:
    """The pattern of a synonym: one made of letters does not match within a longer run of letters."""
    return rf"(?<![a-z\d]){re.escape(word)}(?![a-z\d])" if word.isascii() else re.escape(word)


_ANY_SYNONYM = re.compile("|".join(map(_spelled, sorted(_PLAIN, key=len, reverse=True))))

#: Qualifiers of a name that change the meaning of its figure. Names with different ones are not comparable.
_MEANINGS = {
    "down": re.compile("降幅|降低量|降低|减少量|减少|下降|减量|缩短|节约|节省|降噪量"),
    "up": re.compile("增幅|增加量|增加|增长|增量|提升|提高"),
    "removal": re.compile("去除率|脱除率|净化率|净化效率|削减率|截留率|抑制率"),
}
_ENDS = {
    "high": re.compile("上限|最高|最大|峰值"),
    "low": re.compile("下限|最低|最小"),
    "mean": re.compile("平均|均值|中位"),
}
#: Opposites: names that contain different words of one line are not comparable.
_CONTRASTS = tuple(
    line.split()
    for line in (
        "进口 出口",
        "进水 出水",
        "输入 输出",
        "充电 放电",
        "初始 最终",
        "常温 高温 低温",
        "横向 纵向",
        "静态 动态",
        "抗拉 抗压 抗弯 抗剪 屈服 冲击 剥离",
        "室内 室外",
        "正极 负极",
        "阳极 阴极",
        "吸附 脱附",
        "加热 冷却",
        "冬季 夏季",
        "有机 无机",
        "水平 垂直",
        "正向 反向",
        "综合 单项",
        "长度 宽度 高度 厚度 深度",
    )
)
#: Words that name a kind of quantity and say little about which one.
_GENERAL = frozenset(
    [
        "强度",
        "含量",
        "浓度",
        "成本",
        "时间",
        "温度",
        "效率",
        "误差",
        "精度",
        "使用寿命",
        "速度",
        "噪声",
        "重量",
        "尺寸",
        "率",
        "量",
        "值",
        "度",
        "数",
        "性能",
        "指标",
        "能耗",
        "功率",
        "压力",
        "周期",
        "面积",
        "比例",
        "次数",
        "数量",
        "产能",
        "能力",
        "系数",
        "单价",
        "单位",
        "综合",
        "总",
        "单",
        "平均",
        "最高",
        "最低",
        "最大",
        "最小",
    ]
)
_CONDITION = re.compile(
    r"(?<![a-z\d.])(\d+(?:\.\d+)?)\s*(℃|°c|%|kω|mω|ω|kpa|mpa|kv|mv|v|ma|a|hz|khz|ghz|mm|μm|nm|h|min|"
    r"d|s|个月|小时|分钟|年|月|天|日|秒|次|倍)?(?![a-z\d])"
)
_BRACKETS = re.compile(r"[(\[{（【][^()\[\]{}（）【】]*[)\]}）】]")


@dataclass(frozen=True)
class Name:
    """An analysed name: its words, symbols such as hcj, qualifiers and conditions."""

    whole: str
    words: frozenset[str]
    symbols: frozenset[str]
    meaning: frozenset[str]
    ends: frozenset[str]
    conditions: frozenset[str]

    @property
    def grams(self) -> frozenset[str]:
        """Pairs of neighbouring characters."""
        return frozenset(self.whole[at : at + 2] for at in range(len(self.whole) - 1))


@lru_cache(maxsize=4096)
def read(text: str) -> Name:
    """Analyse a name; never raises."""
    plain = clean(text[:MAX_LENGTH])
    conditions = frozenset("".join(found) for found in _CONDITION.findall(plain))
    bare = _BRACKETS.sub(" ", plain)
    bare = bare if bare.strip() else plain
    bare = _ANY_SYNONYM.sub(lambda found: _PLAIN[found[0]], _CONDITION.sub(" ", bare))
    meaning = frozenset(key for key, pattern in _MEANINGS.items() if pattern.search(bare))
    ends = frozenset(key for key, pattern in _ENDS.items() if pattern.search(bare))
    for pattern in _MEANINGS.values():
        bare = pattern.sub(" ", bare)
    words: list[str] = []
    symbols: list[str] = []
    for run, is_chinese in runs(bare):
        (words if is_chinese else symbols).extend(segment(run) if is_chinese else [run])
    whole = "".join(words) or "".join(symbols)
    return Name(whole, frozenset(words), frozenset(symbols), meaning, ends, conditions)


def likeness(one: Name, other: Name) -> float:
    """The likeness of two names, 0 to 1, without regard to qualifiers."""
    if _contradict(one, other):
        return 0.0
    if not one.words or not other.words:
        shared = one.symbols & other.symbols
        return 1.0 if shared and one.symbols == other.symbols else 0.9 if shared else 0.0
    if one.whole == other.whole:
        return 1.0
    least = min(one.words, other.words, key=lambda words: (len(words), sorted(words)))
    most = other.words if least is one.words else one.words
    if least <= most and least - _GENERAL:
        return 0.85
    return max(
        _dice(one.words, other.words), _plain_dice(one.grams, other.grams) if one.grams else 0.0
    )


def relation(one: Name, other: Name) -> Relation:
    """Whether the figures of two names may be compared, and if not, why."""
    if likeness(one, other) < ALIKE:
        return Relation.STRANGE
    if one.meaning != other.meaning or (one.ends and other.ends and one.ends != other.ends):
        return Relation.OTHER_MEANING
    if one.conditions and other.conditions and one.conditions != other.conditions:
        return Relation.OTHER_CONDITIONS
    return Relation.SAME


def _contradict(one: Name, other: Name) -> bool:
    if one.symbols and other.symbols and not one.symbols & other.symbols:
        return True
    for line in _CONTRASTS:
        here = {word for word in line if word in one.whole}
        there = {word for word in line if word in other.whole}
        if here and there and not here & there:
            return True
    return False


def _weight(words: Iterable[str]) -> float:
    return sum(0.5 if word in _GENERAL else 1.0 for word in words)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * _weight(one & other) / (_weight(one) + _weight(other))


def _plain_dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
