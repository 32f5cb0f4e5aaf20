"""What a contract's text says: names, amounts, dates, seal lines and blanks. Pure, on plain text."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

import cn2an

#: Words before a colon that name a party of a contract.
_ROLE = (
    r"甲方|乙方|丙方|丁方|委托方|受托方|委托人|受托人|转让方|受让方|让与方|让与人|受让人|许可方|被许可方|许可人|被许可人"
    r"|研究开发人|研究开发方|开发方|合作方|买方|卖方|服务方|咨询方|培训方|中介方|居间方|居间人|中介人"
)
_NOTE = r"(?:[（(][^（()）\n]{0,20}[)）])*"
_PARTY = re.compile(rf"(?P<role>(?:{_ROLE}){_NOTE})\s*[:：]\s*(?P<name>[^\n：:；;。_＿]{{2,60}})")
_SEAL = re.compile(r"盖章|签章|公章|印章|签字|签名|电子签")
_CAPITALS = re.compile(
    r"(?<![零壹贰叁肆伍陆柒捌玖拾佰仟万萬亿億])[零壹贰叁肆伍陆柒捌玖拾佰仟万萬亿億]{2,30}[元圆](?:[零壹贰叁肆伍陆柒捌玖][角分])*[整正]?"
)
_DIGITS = re.compile(r"(?<![\d.])(\d[\d,，]*(?:\.\d+)?)\s*(亿元|万元|元)", re.ASCII)
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?!\d)", re.ASCII
)
_DATE_WORDS = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_BLANK = re.compile(r"[_＿]{3,}|[×XxＸ]{2,}(?=[年月日元万])")
_UNITS = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}
_CJK = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
#: Characters between an amount in digits and in capitals, at most.
_NEAR = 10
#: A text with fewer letters than this says nothing of its language.
_FEWEST_LETTERS = 200
_TAIL = re.compile(
    r"[（(](?:以下|下称|简称|盖章|签章|公章|法人章|全称)[^)）]*[)）]?.*$|\s{2,}.*$|，.*$|,.*$"
)


@dataclass(frozen=True)
class Reading:
    """What was read. Amounts are fen; `seals` are pairs of role and the name on a line to be sealed."""

    text: str = ""
    names: tuple[tuple[str, str], ...] = ()
    seals: tuple[tuple[str, str], ...] = ()
    amounts: frozenset[int] = field(default_factory=frozenset)
    capitals: frozenset[int] = field(default_factory=frozenset)
    #: Pairs of an amount in digits and its neighbour in capitals.
    pairs: tuple[tuple[int, int], ...] = ()
    dates: frozenset[date] = field(default_factory=frozenset)
    blanks: int = 0

    @property
    def is_foreign(self) -> bool:
        """Whether the text is mostly in Latin letters."""
        chinese, latin = len(_CJK.findall(self.text)), len(_LATIN.findall(self.text))
        return chinese + latin >= _FEWEST_LETTERS and latin > 4 * chinese


def capitals_in_fen(text: str) -> int | None:
    """An amount in capitals such as 捌拾陆万元整 in fen; None when it is no amount."""
    plain = text.replace("圆", "元").replace("萬", "万").replace("億", "亿").rstrip("整正")
    whole, _yuan, rest = plain.partition("元")
    try:
        fen = int(cn2an.cn2an(whole, "smart")) * 100
        for sign, worth in (("角", 10), ("分", 1)):
            if found := re.search(rf"([零壹贰叁肆伍陆柒捌玖]){sign}", rest):
                fen += int(cn2an.cn2an(found[1], "smart")) * worth
    except (ValueError, TypeError):
        return None
    return fen


def digits_in_fen(number: str, unit: str) -> int | None:
    """An amount in digits with its unit in fen; None when it is no amount or has parts of a fen."""
    try:
        fen = Decimal(number.replace(",", "").replace("，", "")) * _UNITS[unit]
    except InvalidOperation:
        return None
    return int(fen) if fen == fen.to_integral_value() and fen < 10**15 else None


def _dates(text: str) -> Iterator[date]:
    for found in _DATE.finditer(text):
        with contextlib.suppress(ValueError):
            yield date(int(found[1]), int(found[2]), int(found[3]))
    digits = str.maketrans("〇零一二三四五六七八九", "00123456789")
    for found in _DATE_WORDS.finditer(text):
        with contextlib.suppress(ValueError):
            month, day = (int(cn2an.cn2an(found[part], "smart")) for part in (2, 3))
            yield date(int(found[1].translate(digits)), month, day)


def clean_name(name: str) -> str:
    """A name without what follows it on its line, without blanks, brackets in one form."""
    plain = "".join(_TAIL.sub("", name.strip()).split())
    return plain.replace("(", "（").replace(")", "）").strip("　 \t")


def _amounts(text: str) -> tuple[set[int], set[int], list[tuple[int, int]]]:
    digits = [
        (found.start(), found.end(), fen)
        for found in _DIGITS.finditer(text)
        if (fen := digits_in_fen(found[1], found[2])) is not None
    ]
    words = [
        (found.start(), found.end(), fen)
        for found in _CAPITALS.finditer(text)
        if (fen := capitals_in_fen(found[0])) is not None
    ]
    pairs = []
    for start, end, fen in words:
        # The number of an amount stands directly before or behind its words, at most a bracket between.
        # Of two that are equally near it is the number before: 860000元（大写：捌拾陆万元整）.
        near = [
            (gap, at > start, other)
            for at, until, other in digits
            if (gap := min(abs(at - end), abs(start - until))) <= _NEAR
        ]
        if near:
            pairs.append((min(near)[2], fen))
    return {row[2] for row in digits}, {row[2] for row in words}, pairs


def read_text(text: str) -> Reading:
    """Read a contract's text."""
    names: list[tuple[str, str]] = []
    seals: list[tuple[str, str]] = []
    for found in _PARTY.finditer(text):
        role, name = found["role"], clean_name(found["name"])
        if len(name) < 2:
            continue
        plain_role = re.sub(r"[（(].*", "", role)
        line = text[found.start() : (text.find("\n", found.start()) + 1 or len(text) + 1) - 1]
        if _SEAL.search(line):
            seals.append((plain_role, name))
        else:
            names.append((plain_role, name))
    amounts, capitals, pairs = _amounts(text)
    return Reading(
        text=text,
        names=tuple(dict.fromkeys(names)),
        seals=tuple(dict.fromkeys(seals)),
        amounts=frozenset(amounts),
        capitals=frozenset(capitals),
        pairs=tuple(pairs),
        dates=frozenset(_dates(text)),
        blanks=len(_BLANK.findall(text)),
    )
