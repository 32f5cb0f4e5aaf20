"""Wording that is stored as data and read in the reader's language.

A phrase is a list of parts, plain JSON: `{"m": msgid, "p": params}` is translated, `{"t": text}` is
what somebody typed, `{"c": [scheme, codes]}` names terms, `{"f": [low, high]}` is a range of fen.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, gettext_noop

from marketplace.kernel.money import format_range
from marketplace.taxonomy import queries as taxonomy

Part = dict[str, Any]
Phrase = list[Part]

UNKNOWN = gettext_noop("待确认")
NOT_GIVEN = gettext_noop("未填写")
JOINED = gettext_noop("、")


def say(msgid: str, **params: object) -> Phrase:
    """A sentence of the interface; `msgid` is marked with `gettext_noop`."""
    return [{"m": msgid, "p": {name: str(value) for name, value in params.items()}}]


def quote(text: str) -> Phrase:
    """What a person typed, shown as it is."""
    return [{"t": encodable(text)}] if text else []


def terms(scheme: str, codes: Iterable[str], *, path: bool = False) -> Phrase:
    """Terms of a code list; `path` joins them as a path from the top."""
    kept = [code for code in codes if code]
    return [{"c": [scheme, kept, path]}] if kept else []


def amount(low: int | None, high: int | None) -> Phrase:
    """A range of money in fen; 面议 when both ends are open."""
    return [{"f": [low, high]}]


def encodable(text: str) -> str:
    """The text without lone surrogates and control characters, which databases refuse."""
    kept = text.encode("utf-8", "ignore").decode()
    return "".join(letter for letter in kept if letter >= " ")


def render(phrase: Sequence[Mapping[str, Any]]) -> str:
    """The phrase in the reader's language; parts of an unknown kind are left out."""
    return "".join(_part(part) for part in phrase)


def _part(part: Mapping[str, Any]) -> str:
    if "m" in part:
        return gettext(part["m"]) % dict(part.get("p", {}))
    if "t" in part:
        return str(part["t"])
    if "c" in part:
        scheme, codes, path = part["c"]
        joint = " / " if path else gettext(JOINED)
        return joint.join(taxonomy.label(scheme, code) for code in codes)
    if "f" in part:
        return format_range(*part["f"])
    return ""
