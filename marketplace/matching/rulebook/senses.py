"""The meaning of a figure by the name of its indicator, where the unit alone is ambiguous.

2 K of 控温精度 are 2 ℃, 400 K of 降解温度 are 126.85 ℃; mg/Nm³ are mg/m³ where an emission is meant, not
where a flow is. Where the name does not decide, the verdict stays unknown rather than wrong.
"""

import re
from enum import StrEnum
from fractions import Fraction

from marketplace.matching.rulebook.units import Unit

_REMARKS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
#: Words for errors, variations and differences: a figure of these has no zero point.
_DIFFERENCES = re.compile(
    "精度|精确度|准确度|分辨率|分辨力|灵敏度|稳定性|稳定度|重复性|再现性|一致性|波动度?|起伏|均匀性|均匀度|不均匀|"
    "误差|偏差|漂移|温漂|不确定度|公差|允差|裕度|裕量|超调|回差|滞后|迟滞|温差|落差|色差|差值|之差|温升|温降|升温|降温|"
    "升幅|降幅|增幅|变幅|幅度|变化量?|变动|过冷度|过热度|提高|提升|升高|上升|降低|下降|增加|减少|梯度|精度等级|差$"
)
#: Words for a temperature, not a difference of temperatures.
_TEMPERATURES = re.compile(
    "温度|熔点|沸点|凝点|凝固点|闪点|燃点|着火点|倾点|露点|冰点|冻点|软化点|滴点|相变点|居里点|浊点|共晶点|"
    "玻璃化|转变温|熔融|分解|降解|升华|烧结|煅烧|焙烧|居里|维卡|热变形|耐温|耐热|耐高温|耐低温|耐寒|使用温|工作温|"
    "环境温|室温|水温|油温|气温|炉温|壁温|表温|结温|体温|低温|高温|常温|恒温|温区|温域|tg$|tm$|hdt"
)
#: Words whose figures cannot be negative.
_SIZES = re.compile(
    "精度|精确度|准确度|分辨率|分辨力|稳定性|稳定度|重复性|再现性|波动|均匀性|均匀度|误差|偏差|不确定度|公差|允差|粗糙度|"
    "温差|色差"
)
_HUMID = re.compile("湿")
_EMITTED = re.compile("排放|浓度|释放|散发|含量|残留")


class Heat(StrEnum):
    """The meaning of a figure in degrees: a temperature or a difference."""

    DIFFERENCE = "difference"
    TEMPERATURE = "temperature"
    UNSURE = "unsure"


def heat_of(*names: str) -> Heat:
    """Whether the names mean a difference of temperatures or a temperature.

    The word that stands last is what a Chinese name is about: 降解温度 is a temperature, 温度波动 a
    difference. It stays undecided when the names disagree or say nothing.
    """
    said = {_heat(name) for name in names} - {Heat.UNSURE}
    return said.pop() if len(said) == 1 else Heat.UNSURE


def _heat(name: str) -> Heat:
    bare = (_REMARKS.sub("", name) or name).strip().casefold()
    ends = {
        kind: max((found.end() for found in pattern.finditer(bare)), default=0)
        for kind, pattern in ((Heat.DIFFERENCE, _DIFFERENCES), (Heat.TEMPERATURE, _TEMPERATURES))
    }
    if ends[Heat.DIFFERENCE] == ends[Heat.TEMPERATURE]:
        return Heat.UNSURE
    return max(ends, key=lambda kind: ends[kind])


def is_size(name: str) -> bool:
    """Whether a negative figure would be meaningless: an accuracy, an error, a roughness."""
    return bool(_SIZES.search(name))


def in_sense(unit: Unit, name: str) -> Unit:
    """The unit as this indicator means it: %RH is % of humidity, Nm³ is m³ of an emission."""
    dimensions = dict(unit.dimensions)
    if _HUMID.search(name):
        dimensions.pop("rh", None)
    if _EMITTED.search(name) and "gas" in dimensions:
        dimensions["m"] = dimensions.get("m", 0) + 3 * dimensions.pop("gas")
    kept = tuple(sorted((base, power) for base, power in dimensions.items() if power))
    return (
        unit
        if kept == unit.dimensions
        else Unit(unit.factor, kept, unit.offset, unit.exact, unit.blank)
    )


def below_nothing(low: Fraction | None, high: Fraction | None, unit: Unit, heat: Heat) -> bool:
    """Whether a temperature is below absolute zero."""
    if unit.dimensions != (("K", 1),) or heat == Heat.DIFFERENCE:
        return False
    ends = [end for end in (low, high) if end is not None]
    return any(end * unit.factor + unit.offset < 0 for end in ends)
