"""Words that say nothing about a subject: they are neither indexed nor asked for."""

_CHINESE = "的 了 和 与 及 或 在 是 对 为 以 由 从 于 等 中 上 下 并 其 该 之 将 被 把 而 也 都 则 其中 以及 通过 进行"
_ENGLISH = "a an the of and or in on for to with by is are"
STOP_WORDS = frozenset([*_CHINESE.split(), *_ENGLISH.split()])
