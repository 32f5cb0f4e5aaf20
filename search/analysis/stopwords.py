"""Words that say nothing about a subject, and the phrases every stated problem opens with."""

import re

_CHINESE = "的 了 和 与 及 或 在 是 对 为 以 由 从 于 等 中 上 下 并 其 该 之 将 被 把 而 也 都 则 其中 以及 通过 进行"
_ENGLISH = "a an the of and or in on for to with by is are"
STOP_WORDS = frozenset([*_CHINESE.split(), *_ENGLISH.split()])

# What the authors of needs write around the subject: "针对现有……存在的问题". It is taken out of a
# need before analysis, because it would match every other need and no solution in particular.
_BOILERPLATE = re.compile(
    "针对|为了|为解决|为此|为进一步|进一步|解决|目前|当前|现有|传统|存在|问题|需要|难以|如何|"
    "具有重要意义|等方面|的方法|方面"
)


def without_boilerplate(text: str) -> str:
    """The text of a need without its set phrases; the text itself if nothing else was in it."""
    bare = _BOILERPLATE.sub(" ", text)
    return bare if bare.strip(" \t\n,.;:，。；：、的了") else text
