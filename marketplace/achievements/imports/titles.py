"""A title and a summary proposed from a text that has none, as an editor would begin.

A proposed title is cut from the text, never invented, and is marked until a person has seen it.
"""

import re

LONGEST = 40
_SHORTEST = 6
_SUMMARY = 200

# A full stop ends a sentence unless it stands inside a number or a Latin name.
_SENTENCE = re.compile(r"[。！？!?；;\n]|(?<![0-9A-Za-z])\.|\.(?![0-9A-Za-z])")
_CLAUSE = re.compile(r"[，,：:]")
#: Headings of structured abstracts.
_HEADING = re.compile(
    r"^[\s\[【(（]*(?:摘要|目的|背景|方法|材料与方法|结果|结论|内容提要|Objective|Abstract)[\]】)）:：\s]*"
)
#: Clauses that tell why, not what.
_WHY = re.compile(r"^(?:针对|为了?|随着|由于|鉴于|目前|近年来|当前|如何|面对|随|因此|在.{0,12}背景下)")
#: What introduces the thing itself, at the beginning of a clause.
_SAYS = re.compile(
    r"^(?:本文|本研究|本项目|本课题|本成果|本发明|该文|该研究|文章|论文|文中|笔者|作者|我们)?"
    r"(?:旨在|拟|主要|首先|着重|重点|详细|系统地?|简要|简单|分别|试图|从而|并|还|又|在此基础上)*"
    r"(?:提出并?|设计并?|研究并?|介绍|综述|概述|论述|阐述|探讨|讨论|分析|总结|给出|开发|研制|构建|建立"
    r"|采用|利用|运用|应用|通过|基于|以|对|就|围绕|探索|观察|评价|报道|描述|实现|考察|测定|合成|制备|比较)*"
    r"(?:了|出|并|和)*(?:一种|一类|一套|一个|新的|新型的)*"
)
_MARKS = "“”\"'《》〈〉()（）[]【】 \t、，,.。:：;；-—"


def propose_title(text: str) -> str:
    """The title that a text suggests, at most LONGEST characters; empty for an empty text."""
    clauses = _clauses(text)
    if not clauses:
        return ""
    telling = [clause for clause in clauses[:6] if not _WHY.match(clause)] or clauses
    for clause in telling:
        stripped = _SAYS.sub("", clause, count=1).strip(_MARKS)
        if len(stripped) >= _SHORTEST:
            return _cut(stripped)
    return _cut(_WHY.sub("", clauses[0], count=1).strip(_MARKS) or clauses[0])


def propose_summary(text: str) -> str:
    """The beginning of a text in whole sentences, about 200 characters."""
    plain = " ".join(text.split())
    if len(plain) <= _SUMMARY:
        return plain
    ends = [match.end() for match in _SENTENCE.finditer(plain, 0, _SUMMARY)]
    if ends and ends[-1] >= _SUMMARY // 3:
        return plain[: ends[-1]].strip()
    return plain[: _SUMMARY - 1].rstrip() + "…"


def _clauses(text: str) -> list[str]:
    found = []
    for sentence in _SENTENCE.split(text[:2000]):
        for clause in _CLAUSE.split(sentence):
            kept = _HEADING.sub("", clause).strip(_MARKS)
            if kept:
                found.append(kept)
    return found


def _cut(text: str) -> str:
    """At most LONGEST characters, ended where a phrase ends if there is such a place."""
    if len(text) <= LONGEST:
        return text
    head = text[:LONGEST]
    place = max(head.rfind(mark) for mark in "、与和及并的")
    return head[:place].rstrip(_MARKS) if place >= LONGEST // 2 else head.rstrip(_MARKS)
