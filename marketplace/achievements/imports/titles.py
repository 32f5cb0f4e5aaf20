"""A title and a summary proposed from a text that has none, as an editor would begin.

A proposed title is cut from the text, never invented, and is marked until a person has seen it.
"""

import re

LONGEST = 40
_SHORTEST = 6
#: How many clauses are looked at: what comes later is detail.
_LOOKED_AT = 10
_SUMMARY = 200

# A full stop ends a sentence unless it stands inside a number or a Latin name.
_SENTENCE = re.compile(r"[。！？!?；;\n]|(?<![0-9A-Za-z])\.|\.(?![0-9A-Za-z])")
_CLAUSE = re.compile(r"[，,：:]")
#: Headings of structured abstracts.
_HEADING = re.compile(
    r"^[\s\[【(（]*(?:摘要|目的|背景|方法|材料与方法|结果|结论|内容提要|Objective|Abstract)[\]】)）:：\s]*"
)
#: Clauses that tell why or where, not what.
_WHY = re.compile(
    r"^(?:针对|为了?|随着?|由于|鉴于|目前|近年来|当前|如何|面对|因此|根据|按照|经|在[^，]{1,30}(?:下|中|上|时|里)$)"
)
_SUBJECT = r"(?:本文|本研究|本项目|本课题|本成果|该文|该研究|文章|论文|文中|笔者|作者|我们)?"
_MANNER = r"(?:旨在|拟|主要|首先|着重|重点|详细|系统地?|简要|简单|分别|试图|从而|并|还|在此基础上)*"
_ONE = r"(?:一种|一类|一套|一个|一款)?(?:新的|新型的)?"
#: What names a thing that was made, and what names a thing that was looked at; in this order.
_SAYS = tuple(
    re.compile(
        rf"^{_SUBJECT}{_MANNER}(?:{verbs})(?:并(?:{verbs}))?(?!者|表明|结果|的)(?:了|出了?|起)?{_ONE}"
    )
    for verbs in (
        "提出|设计|研制|开发|构建|建立|发明|研发",
        "介绍|综述|概述|论述|阐述|研究|探讨|探索|讨论|考察|分析|总结|给出|比较|测定|观察|评价|了解",
    )
)
_LEADS = re.compile(rf"^{_SUBJECT}{_MANNER}(?:采用|运用|应用)?{_ONE}")
#: 对…进行了…研究 becomes …研究.
_TREATS = re.compile(r"^对(.{2,}?)(?:进行|作|做|予以|加以)了?(.{0,8}(?:研究|分析|探讨|试验|评价))$")
_MARKS = "“”\"'《》〈〉()（）[]【】 \t、，,.。:：;；-—"


def propose_title(text: str) -> str:
    """The title that a text suggests, at most LONGEST characters; empty for an empty text."""
    clauses = _clauses(text)
    if not clauses:
        return ""
    for pattern in _SAYS:
        for clause in clauses[:_LOOKED_AT]:
            if title := _rest(pattern, clause, must=True):
                return title
    for clause in clauses[:_LOOKED_AT]:
        if not _WHY.match(clause) and (title := _rest(_LEADS, clause)):
            return title
    return _cut(_WHY.sub("", clauses[0], count=1).strip(_MARKS) or clauses[0])


def _rest(pattern: re.Pattern[str], clause: str, *, must: bool = False) -> str:
    """What a clause says after its opening; empty when that is too little to be a title."""
    match = pattern.match(clause)
    if must and not match:
        return ""
    rest = _TREATS.sub(r"\1\2", clause[match.end() if match else 0 :].strip(_MARKS))
    return _cut(rest) if len(rest) >= _SHORTEST else ""


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
