"""Rules about enquiries that need neither models nor a clock."""

import re
from collections.abc import Iterable

#: The longest message, in characters.
MAX_TEXT = 4_000
OWNER, ASKER = "owner", "asker"
#: What is asked of everybody who writes for a hidden owner.
_ENDINGS = re.compile(r"(股份)?(有限|有限责任)?(公司|集团|中心|研究院|研究所|厂|合作社)$")
#: A shorter stem of a name is too common to be looked for.
_SHORTEST_STEM = 3


def other_side(side: str) -> str:
    """The side that a message of this side waits for."""
    return ASKER if side == OWNER else OWNER


def next_writer(status: str, last_side: str) -> str:
    """The side that should write next; "" when nobody has to."""
    return other_side(last_side) if status in {"open", "talking"} and last_side else ""


def names_in(texts: Iterable[str], names: Iterable[str]) -> list[str]:
    """Which of these names of an organisation stand in one of the texts, also without 有限公司 and the like.

    Blanks and capitals make no difference.
    """
    plain = ["".join(text.split()).casefold() for text in texts]
    found = []
    for name in names:
        whole = "".join(name.split()).casefold()
        stem = _ENDINGS.sub("", whole)
        wanted = {part for part in (whole, stem) if len(part) >= _SHORTEST_STEM}
        if any(part in text for part in wanted for text in plain):
            found.append(name)
    return found
