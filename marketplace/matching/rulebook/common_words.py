"""Words that texts on different subjects share: comparisons, amounts, changes.

They do not count as specific words of a listing: they are neither named as shared nor counted in the
verdict. The search engine still uses them.
"""

from functools import cache
from hashlib import sha256

from search.analysis import tokenize

#: Comparing, amounts and limits.
_COMPARING = """
低于 高于 大于 小于 多于 少于 不足 不够 不高 不低 不到 不到位 不大 不小 太高 太低 太大 太小 太多 太少 太慢 太快 太长 太短
过高 过低 过大 过小 过多 过少 过快 过慢 过长 过短 偏高 偏低 偏大 偏小 偏慢 偏快 较高 较低 较大 较小 较多 较少 很高 很低 很大
更高 更低 更大 更小 最高 最低 最大 最小 不低于 不高于 不大于 不小于 不超过 至少 至多 以上 以下 以内 之内 左右 约为 大约 范围
含量 数量 用量 总量 重量 大小 高低 多少 程度 水平 比例 比率 占比 百分之 百分比 平均 数值 指标 要求 标准 目标 幅度 部分 全部
"""
#: Changes of an amount.
_CHANGING = """
提高 提升 增加 增大 升高 上升 升到 提到 加大 扩大 降低 降到 降至 降为 下降 减少 减小 减低 缩短 缩小 达到 达不到 达标 超标
超过 超出 控制在 保持 维持 改善 改进 改变 变化 变成 优化 加快 加速 减慢 释放 波动 影响 导致 造成 引起 产生 出现 形成 实现
上不去 下不来 做到 做不到 得到 取得
"""
#: Words of problems and answers in general.
_STATING = """
问题 难题 困难 需要 需求 希望 想要 寻求 寻找 解决 解决方案 方案 方法 办法 措施 技术 工艺 采用 使用 利用 应用 具有 具备 能够
可以 无法 不能 不会 容易 经常 目前 现有 现在 已经 仍然 还是 以及 同时 因此 但是 如果 情况 过程 方面 效果 结果 稳定 严重 明显
有效 一种 我们 客户 用户 企业 公司
"""
_ENGLISH = """
about above after all also always am any as at be because been before being below between but can cannot could decrease decreased
did do does during each enough exceed exceeds few find found from get gets had has have help high higher highest how however if
improve improved increase increased into it its keep keeps large larger less level levels like limit little low lower lowered
lowest made make makes many may might more most much must need needed needs no not now only other our out over percent problem
problems raise rate reach reduce reduced reduces reduction require required release released released seek should small smaller
so some still such target than that their them then there these they this those through too under up us use used using very want was
we well were what when where which while who will without would you your
"""


@cache
def words() -> frozenset[str]:
    """The words in the form that the analysis gives: English words with their stems."""
    english = tokenize(_ENGLISH).words
    return frozenset(f"{_COMPARING} {_CHANGING} {_STATING} {_ENGLISH}".split()) | set(english)


@cache
def digest() -> str:
    """A hash of the list."""
    return sha256(" ".join(sorted(words())).encode()).hexdigest()[:16]
