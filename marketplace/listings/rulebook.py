"""What makes a listing good enough for publication: findings, a score of 4 × 5, and indicator wording.

The four parts and the thresholds follow the European Enterprise Network's review of profiles
(advantages, clarity, cooperation, form; 0 to 5 each, 10 of 20 publishes), adapted to needs with
measurable indicators.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.money import FEN_PER_WAN

#: A listing below this score may not be published (of 20).
PASS_SCORE = 10

#: How a reader contacts the owner: the code list `contact_route`, which cannot be edited.
CONTACT_ROUTES = ("direct", "broker")

#: Signs of the comparators: the code list `comparator`, which cannot be edited.
SIGNS = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "eq": "=", "between": ""}


@dataclass(frozen=True)
class Finding:
    """Something missing or weak. A blocker stops submission, advice costs score only."""

    field: str
    step: str
    text: Any
    blocks: bool = False


@dataclass(frozen=True)
class Part:
    """One of the four parts of the score, 0 to 5."""

    label: Any
    score: int


@dataclass(frozen=True)
class Quality:
    """The outcome of a quality check: parts of the score and findings, in form order."""

    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]

    @property
    def score(self) -> int:
        """0 to 20."""
        return sum(part.score for part in self.parts)

    @property
    def blockers(self) -> list[Finding]:
        """What must be corrected before submission."""
        return [finding for finding in self.findings if finding.blocks]

    @property
    def advice(self) -> list[Finding]:
        """What would make the listing better."""
        return [finding for finding in self.findings if not finding.blocks]

    @property
    def verdict(self) -> Any:
        """The score in one word."""
        if self.blockers or self.score < PASS_SCORE:
            return _("待补充")
        if self.score >= 17:
            return _("优秀")
        return _("良好") if self.score >= 15 else _("合格")


#: Fields that readers and the search need in every listing.
_COMPLETE = ("title", "summary", "industry", "keywords", "contact_name")


def missing_findings(
    values: Mapping[str, Any],
    required: Mapping[str, tuple[str, Any]],
    blocking: Collection[str],
) -> list[Finding]:
    """A finding for each empty field of `required` (its step and what its author is told).

    Those in `blocking` stop a submission, and so does a contact without a number and an address.
    """
    findings = [
        Finding(name, step, text, blocks=name in blocking)
        for name, (step, text) in required.items()
        if not values.get(name)
    ]
    if not (values.get("contact_phone") or values.get("contact_email")):
        text = _("请填写联系电话或邮箱，至少一项")
        findings.append(Finding("contact_phone", "terms", text, blocks=True))
    return findings


def complete_part(values: Mapping[str, Any]) -> Part:
    """The part of the score for what every listing should have."""
    return Part(_("信息完整"), share_score(bool(values.get(name)) for name in _COMPLETE))


def length_score(text: str, good: int) -> int:
    """0 to 5 for how much was said: `good` characters earn all five."""
    return min(5, 5 * len(text.strip()) // good)


def share_score(flags: Iterable[bool]) -> int:
    """0 to 5 for how many of several things are given."""
    given = list(flags)
    return 5 * sum(given) // len(given) if given else 0


def write_value(comparator: str, low: Any, high: Any, unit: str) -> str:
    """An indicator's value as people write it: `≥ 21 kOe`, `13.6–14 kGs`, `0.3%`."""
    if low is None:
        return ""
    number = (
        f"{plain(low)}–{plain(high)}"
        if comparator == "between" and high is not None
        else plain(low)
    )
    sign = SIGNS.get(comparator, "")
    glue = "" if unit in {"", "%", "％", "℃", "°"} else " "
    return f"{sign} {number}{glue}{unit}".strip()


def plain(value: Any) -> str:
    """A decimal without exponent and trailing zeros: `21`, `0.84`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- price bands ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Band:
    """Amounts in fen from `low` up to but not including `high`; None is an open end."""

    label: Any
    low: int
    high: int | None


#: Bands by code, in their order. Kinds of listing have bands of their own: a test costs less than a licence.
Bands = Mapping[str, Band]

BANDS: Bands = {
    "lt50": Band(_("50 万元以下"), 0, 50 * FEN_PER_WAN),
    "lt100": Band(_("50–100 万元"), 50 * FEN_PER_WAN, 100 * FEN_PER_WAN),
    "lt300": Band(_("100–300 万元"), 100 * FEN_PER_WAN, 300 * FEN_PER_WAN),
    "lt1000": Band(_("300–1000 万元"), 300 * FEN_PER_WAN, 1000 * FEN_PER_WAN),
    "more": Band(_("1000 万元以上"), 1000 * FEN_PER_WAN, None),
}
#: The band of a listing that names no amount: the price is agreed between the parties.
FACE = "face"


def labels_of(bands: Bands) -> dict[str, Any]:
    """Every band with its label, in the order shown; 面议 last."""
    return {code: band.label for code, band in bands.items()} | {FACE: _("面议")}


PRICE_BANDS = labels_of(BANDS)


def price_band(fen: int | None, bands: Bands = BANDS) -> str:
    """The band of an amount in fen, FACE without one."""
    if fen is None:
        return FACE
    return next(code for code, band in bands.items() if band.high is None or fen < band.high)


# --- contacts --------------------------------------------------------------------
@dataclass(frozen=True)
class Contact:
    """A name, a telephone number and an e-mail address; each may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def is_reachable(self) -> bool:
        """Whether there is a telephone number or an address; a name alone is not enough."""
        return bool(self.phone or self.email)

    @property
    def columns(self) -> dict[str, str]:
        """The values by column of a listing."""
        return {f"contact_{name}": value for name, value in vars(self).items()}


def contact_with_default(own: Contact, default: Contact) -> Contact:
    """The listing's own contact. Without a number or an address of its own, those of the organisation."""
    way = own if own.is_reachable else default
    return Contact(own.name or default.name, way.phone, way.email)


# --- contacts within public texts -------------------------------------------------------------
@dataclass(frozen=True)
class Spotted:
    """A contact found within a text: what it is, in words, and how it was written."""

    what: Any
    text: str


_PHONE, _EMAIL, _CHAT = _("电话号码"), _("邮箱"), _("微信号或 QQ 号")
_GAP = r"[ .·‐-―-]?"
#: Words before a number that make it a telephone number, and words that make it something else.
_CALL = re.compile(
    r"(?:电话|手机|联系|致电|咨询|热线|传真|座机|微信|(?<![a-z])(?:tel|phone|mobile|fax)\b)"
    r"[^，。；;,\n]{0,10}\Z",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(
    r"(?:编号|合同|型号|专利|证书|登记|批号|图号|货号|件号|订单|标准|公告|备案|文号|代码|账号|卡号"
    r"|执照|身份证|序列号|\bno\.?|\bcas|\bisbn|\bissn|\bzl|\bcn|\bsn|[¥￥$])[^，。；;,\n]{0,6}\Z",
    re.IGNORECASE,
)
#: What follows a figure that is a quantity or part of a series of figures.
_QUANTITY = re.compile(
    r"\s*(?:[%℃°‰µμΩ~×±/+]|[-–—]\s*\d|\s\d"
    r"|[元万亿吨个次台件只株套米秒克部亩]|千[克米瓦瓶]|平方|立方|小时|公斤|摄氏"
    r"|(?:[kmcµn]?m[²³23]?|[kmμ]?g|t|m?l|[kmg]?w|[km]?v|m?a|[kmg]?hz|[kmg]?pa|h|s|min|rpm|k|j|n"
    r"|[kmg]?b|bit|r/min|次/分|ppm|ppb|mol|cfu|iu|lx|lm)(?![a-z]))",
    re.IGNORECASE,
)
_MOBILE = re.compile(
    rf"(?<![A-Za-z0-9_.,/#-])(?:\+?86{_GAP})?1[3-9]\d(?:({_GAP})\d{{4}}\1\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}})"
    r"(?![\dA-Za-z_]|[-./,]\d)"
)
_LANDLINE = re.compile(
    r"(?<![A-Za-z0-9_.,/#-])(?:\+?86[ -]?)?"
    r"(?:\(0(?:10|2\d|[3-9]\d{2})\) ?|0(?:10|2\d|[3-9]\d{2})[ ‐-―-]|\b(?:400|800)(?=[ ‐-―-]\d{3}))"
    r"(?:[ ‐-―-]?\d{3,4}[ ‐-―-]\d{3,4}|\d{7,8})(?:(?:转|[-x])\d{1,5})?(?![\dA-Za-z_]|[./,]\d)"
)
#: After one of these words any number of seven digits or more is a telephone number.
_LABELLED = re.compile(
    r"(?:电话|手机号?|热线|传真|座机|固话|致电|咨询|(?<![a-z])(?:tel|phone|mobile|fax))(?:号码)?\s*[:.]?\s*"
    r"(\+?[0(]?\d[\d() ‐-―-]{5,18}\d)(?![\dA-Za-z_]|[./,]\d)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?<=[A-Za-z0-9]) ?(?:@|[(\[{]at[)\]}]|#@?(?=[a-z0-9-]+\.com)) ?"
    r"(?:[A-Za-z0-9-]{1,63}(?:\.|[(\[{]dot[)\]}])){1,6}"
    r"(?:com|cn|net|org|edu|gov|info|example|vip|top|io|cc|hk|tw|uk|de|jp|eu|biz|tech|xyz|site)"
    r"(?![A-Za-z0-9-])",
    re.IGNORECASE | re.ASCII,
)
_CHAT_ID = r"([a-z][a-z0-9_-]{5,19}|\d{6,11})(?![\w.])"
_CHATS = re.compile(
    rf"(?:微信(?:号|id)|[vV]信号?|加(?:我)?微信号?|薇信号?)\s*(?:是|为)?\s*:?\s*{_CHAT_ID}"
    rf"|(?:微信(?!公众号|小程序|支付)|(?<![a-z0-9])(?:wechat|weixin|vx|wx|qq))\s*:\s*{_CHAT_ID}"
    rf"|(?<![a-z0-9])qq(?:号|群)\s*:?\s*{_CHAT_ID}"
    rf"|(?<![a-z0-9])(?:wechat|weixin)\s+id\s*:?\s*{_CHAT_ID}"
    r"|(?<![a-z0-9_])(wxid_[a-z0-9]{6,})",
    re.IGNORECASE | re.ASCII,
)


def evenly_spaced(text: str) -> str:
    """The text in NFKC with single blanks and without empty lines.

    Patterns that allow blanks in several places try every way to divide a run of blanks between them,
    which takes minutes for some thousands of blanks.
    """
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return "\n".join(kept for line in lines if (kept := " ".join(line.split())))


def contacts_in(text: str) -> list[Spotted]:
    """Telephone numbers, e-mail addresses and WeChat ids in a text, in its order, each once.

    Full-width and half-width signs are the same. Quantities and numbers of other things (models, patents,
    contracts) are left out.
    """
    found = sorted(_spots(evenly_spaced(text)), key=lambda spot: spot[0])
    once: dict[str, Spotted] = {}
    for _place, what, written in found:
        kept = next((known for known in once if written in known), None)
        if kept is None:
            once[written] = Spotted(what, written)
    return list(once.values())


def _spots(text: str) -> Iterator[tuple[int, Any, str]]:
    for match in _ADDRESS.finditer(text):
        yield match.start(), _EMAIL, match[0]
    for match in _CHATS.finditer(text):
        yield match.start(), _CHAT, next(part for part in match.groups() if part)
    for pattern in (_MOBILE, _LANDLINE):
        for match in pattern.finditer(text):
            if _is_called(text, match.start(), match.end()):
                yield match.start(), _PHONE, match[0]
    for match in _LABELLED.finditer(text):
        if not _QUANTITY.match(text, match.end()):
            yield match.start(1), _PHONE, match[1].strip()


def _is_called(text: str, start: int, end: int) -> bool:
    """Whether the number at this place is a telephone number, judged by the text around it."""
    before = text[max(0, start - 24) : start]
    if _QUANTITY.match(text, end):
        return False
    if _CALL.search(before):
        return True
    return not _OTHER_NUMBER.search(before) and not re.search(r"\d\s\Z", before)


#: The public texts of a listing by field: the step of the wizard and the label.
PublicTexts = Mapping[str, tuple[str, Any]]


def contact_findings(
    values: Mapping[str, Any],
    fields: PublicTexts,
    tables: Mapping[str, tuple[str, Any, Sequence[Mapping[str, Any]]]],
    *,
    blocks: bool,
) -> list[Finding]:
    """One finding for each public field that holds a contact; contacts have fields of their own.

    `tables` are the child tables: step, heading and rows; every text of a row is checked.
    """
    texts = {name: (*place, _joined(values.get(name))) for name, place in fields.items()}
    for name, (step, label, rows) in tables.items():
        texts[name] = (step, label, "\n".join(_joined(list(row.values())) for row in rows))
    found = []
    for name, (step, label, text) in texts.items():
        if spotted := contacts_in(text):
            said = {"field": label, "what": spotted[0].what, "text": spotted[0].text}
            words = _(
                "“%(field)s”里有%(what)s“%(text)s”，请删去：联系方式有单独的栏目，登录的人才能看到"
            )
            found.append(Finding(name, step, words % said, blocks=blocks))
    return found


def _joined(value: Any) -> str:
    """The texts of a value, each on a line; numbers are left out."""
    if isinstance(value, list | tuple):
        return "\n".join(_joined(part) for part in value)
    return value if isinstance(value, str) else ""
