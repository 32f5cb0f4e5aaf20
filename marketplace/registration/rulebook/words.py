"""Looks for words in Chinese contract texts, with an eye to negation."""

import re

#: Directly before a phrase these mean that the contract does not have it.
_NOT = re.compile(
    r"(?:不含|不包括|不包含|不属于|不涉及|不承担|不负责|不再|不进行|不采用|不存在|未采用|没有|除外|非|无|禁止|不)[^，。；;\n]{0,12}$"
)
#: Behind a phrase, in the same clause.
_NOT_AFTER = re.compile(r"^[^，。；;\n]{0,12}(?:除外|不在本合同|另行订立|另行签订|由甲方自行)")


def found_words(text: str, *patterns: str) -> list[str]:
    """Which of the patterns stand in a text and are not negated there, as they are written."""
    found = []
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            before = text[max(0, match.start() - 18) : match.start()]
            after = text[match.end() : match.end() + 24]
            if not _NOT.search(before) and not _NOT_AFTER.search(after):
                found.append(match[0])
                break
    return found


def has_words(text: str, *patterns: str) -> bool:
    """Whether one of the patterns stands in a text, negated or not."""
    return any(re.search(pattern, text) for pattern in patterns)
