"""Units as people type them, and conversion between them.

A unit is read into a factor and dimensions. A word that is not known is a dimension of its own, so
`件/h` and `件/小时` compare while `件` and `套` do not.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from marketplace.matching.rulebook.numbers import exact
from marketplace.matching.rulebook.unit_table import (
    NAMES,
    NUMERALS,
    PER,
    PREFIXES,
    SAME_WORDS,
    SCALES_OF_STEPS,
    SPELLINGS,
    SYMBOLS,
    TEMPERATURES,
)

#: The longest unit that is read, in characters; the form takes 20.
MAX_LENGTH = 60
_MAX_EXPONENT = 9
_MONTH = Fraction(365 * 86_400, 12)

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_UNWANTED = re.compile("[\\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
_POINT = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
_POWER = re.compile(r"(.*?[^\d^+-])\^?([+-]?\d{1,2})", re.DOTALL)
_TEN = re.compile(r"×?10\^([+-]?\d{1,2})(?=\D|\Z)")
_NUMBER = re.compile(r"×?(\d{1,9}(?:\.\d{1,9})?)(?=\D|\Z)", re.ASCII)
# The root of a metre, however it is written: m^1/2, m½ (which NFKC makes m1⁄2), m^(1/2), m^0.5, √m.
_ROOT = re.compile(r"(?:(?<=Pa)|(?<![A-Za-z]))·?(?:m\^?\(?(?:1[/⁄]2|0[.·]5)\)?(?![\d.])|√\(?m\)?)")
# After a slash W/mK means W/(m·K): nobody measures in one over millikelvin.
_PER_KELVIN = re.compile(r"(.+?)(K|°C)")
_REMARK = re.compile(r"(?<![/·(])\((?=[^()]*[\u4e00-\u9fff])[^()]*\)\Z")

Dimensions = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Unit:
    """One unit: base value = value * factor + offset. `exact` says no rounding is involved."""

    factor: Fraction = Fraction(1)
    dimensions: Dimensions = ()
    offset: Fraction = Fraction(0)
    exact: bool = True
    blank: bool = False

    def comparable(self, other: "Unit") -> bool:
        """Whether figures in both units can be compared. A figure without unit compares only with another one."""
        return self.dimensions == other.dimensions and self.blank == other.blank

    @property
    def is_percent(self) -> bool:
        """Whether it is per cent: then a gap is shown in percentage points."""
        return not self.dimensions and not self.blank and self.factor == Fraction(1, 100)

    @property
    def is_stepped(self) -> bool:
        """A scale (dB, 级, pH, a temperature) on which only differences mean something."""
        names = [name for name, _power in self.dimensions]
        return bool(self.offset) or (len(names) == 1 and names[0] in SCALES_OF_STEPS)

    def __mul__(self, other: "Unit") -> "Unit":
        powers = dict(self.dimensions)
        for name, power in other.dimensions:
            powers[name] = powers.get(name, 0) + power
        kept = tuple(sorted((name, power) for name, power in powers.items() if power))
        return Unit(self.factor * other.factor, kept, exact=self.exact and other.exact)

    def __pow__(self, power: int) -> "Unit":
        powers = tuple((name, power * own) for name, own in self.dimensions if power)
        return Unit(self.factor**power, powers, exact=self.exact)


def convert(
    value: Fraction, source: Unit, target: Unit, *, is_difference: bool = False
) -> Fraction:
    """The figure in another unit; a difference of temperatures has no zero point.

    The caller must have checked `comparable`. ValueError when the units measure different things.
    """
    if not source.comparable(target):
        raise ValueError("units that measure different things")
    if is_difference:
        return value * source.factor / target.factor
    return (value * source.factor + source.offset - target.offset) / target.factor


@lru_cache(maxsize=4096)
def parse(text: str) -> Unit:
    """The unit of a text; never raises."""
    cleaned = tidy(text)
    if not cleaned:
        return Unit(blank=True)
    cleaned = SPELLINGS.get(cleaned.lower(), cleaned)
    known = SAME_WORDS.get(cleaned.lower())
    if known:
        return _counted(known)
    name = NAMES.get(cleaned, cleaned)
    if name in TEMPERATURES:
        factor, offset = TEMPERATURES[name]
        return Unit(factor, (("K", 1),), offset)
    return _quotient(cleaned) or _counted(cleaned)


def is_known(text: str) -> bool:
    """Whether a text is a unit of the table, or several of them (n·m, kj/kg), whatever its case."""
    parts = [part for part in re.split(r"[/·*()]+", tidy(text).casefold()) if part]
    return bool(parts) and all(part in _FOLDED or _AREA.fullmatch(part) for part in parts)


def tidy(text: str) -> str:
    """The text in one spelling: NFKC, raised figures as `^2`, one sign each for times and per."""
    text = _UNWANTED.sub("", str(text)[:MAX_LENGTH])
    text = _RAISED.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPTS), text)
    text = unicodedata.normalize("NFKC", text)[:MAX_LENGTH]
    for signs, sign in (("*⋅•・∙∗", "·"), ("−–—", "-"), ("每", "/"), ("µ", "μ"), ("Ω", "Ω")):
        for variant in signs:
            text = text.replace(variant, sign)
    text = _ROOT.sub("·√m", _UNWANTED.sub("", text)).lstrip("·")
    text = _POINT.sub("·", text)
    return _REMARK.sub("", text)


def _quotient(text: str) -> Unit | None:
    """`a/b/c`: everything after the first stroke divides, as in 次/台·月."""
    parts = _split(text, "/")
    if parts is None or not all(parts):
        return None
    whole = Unit()
    for place, part in enumerate(parts):
        unit = _product(part, below=place > 0)
        if unit is None:
            return None
        whole *= unit**-1 if place else unit
    return whole


def _product(text: str, *, below: bool = False) -> Unit | None:
    """Factors; `below` the stroke some are written without a sign between them."""
    if text.startswith("(") and _split(text[1:], ")") == [text[1:-1], ""]:
        inner = _split(text[1:-1], "/")
        return (
            _product(text[1:-1], below=True)
            if below and inner == [text[1:-1]]
            else _quotient(text[1:-1])
        )
    parts = _split(text, "·")
    if parts is None or not all(parts):
        return None
    whole = Unit()
    for part in parts:
        whole *= _below(part) if below else _atom(part)
    return whole


def _below(text: str) -> Unit:
    """One factor behind the stroke."""
    together = _PER_KELVIN.fullmatch(text)
    base = _raised(together[1]) if together else None
    if together and base is not None:
        return base * _atom(together[2])
    return _atom(PER.get(text, text))


def _raised(text: str) -> Unit | None:
    """A known symbol, or one followed by a power."""
    unit = _symbol(text)
    raised = _POWER.fullmatch(text)
    if unit is None and raised and abs(int(raised[2])) <= _MAX_EXPONENT:
        base = _symbol(raised[1])
        return None if base is None else base ** int(raised[2])
    return unit


def _split(text: str, sign: str) -> list[str] | None:
    """The parts between signs outside brackets; None when brackets are not closed."""
    parts, depth = [""], 0
    for letter in text:
        if letter == sign and depth == 0:
            parts.append("")
            continue
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return None
        parts[-1] += letter
    return parts if depth == 0 else None


def _atom(text: str) -> Unit:
    """One symbol or word, with numerals before it and a power after it."""
    unit = _symbol(text)
    if unit is not None:
        return unit
    for pattern, scale in ((_TEN, _power_of_ten), (_NUMBER, exact)):
        found = pattern.match(text)
        factor = scale(found[1]) if found else None
        if found and factor:
            rest = text[found.end() :]
            return Unit(factor) * (_atom(rest) if rest else Unit())
    raised = _raised(text)
    if raised is not None:
        return raised
    numeral = next((sign for sign in NUMERALS if text.startswith(sign) and text != sign), "")
    if numeral:
        return Unit(Fraction(NUMERALS[numeral])) * _atom(text[len(numeral) :])
    return _counted(text)


def _power_of_ten(text: str) -> Fraction:
    return Fraction(10) ** int(text)


def _symbol(text: str) -> Unit | None:
    """A known symbol or name; a wrong case is accepted where only one unit is possible."""
    if text in _TABLE:
        return _TABLE[text]
    same = SAME_WORDS.get(text.lower())
    if same:
        return _counted(same)
    if text in NAMES:
        return _atom(NAMES[text]) if "/" not in NAMES[text] else _quotient(NAMES[text])
    if text in TEMPERATURES:
        return Unit(TEMPERATURES[text][0], (("K", 1),))
    alike = _BY_CASE.get(text.casefold(), [])
    if len(alike) > 1:
        alike = [name for name in alike if name[0] == text[0]]
    return _TABLE[alike[0]] if len(alike) == 1 else None


def _counted(text: str) -> Unit:
    """A counted thing or an unknown word: a dimension of its own."""
    if text == "个月":
        return Unit(_MONTH, (("s", 1),), exact=False)
    return Unit(dimensions=((text.lower(), 1),))


def _dimensions(text: str) -> Dimensions:
    found = (re.fullmatch(r"(\D+?)(-?\d)?", part) for part in text.split())
    return tuple(sorted((part[1], int(part[2] or 1)) for part in found if part))


def _build() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    rounded = {"Oe", "MGOe", "GOe", "mmHg", "psi", "hp"}
    for symbols, factor, dimensions, prefixes in SYMBOLS:
        for symbol in symbols.split():
            is_exact = symbol not in rounded
            for prefix in ["", *prefixes.split()]:
                scale = PREFIXES.get(prefix, Fraction(1))
                unit = Unit(Fraction(factor) * scale, _dimensions(dimensions), exact=is_exact)
                # A symbol of its own comes before one that is read as prefix and symbol (min, cd).
                if not prefix or f"{prefix}{symbol}" not in table:
                    table[f"{prefix}{symbol}"] = unit
    return table


_TABLE = _build()
_BY_CASE: dict[str, list[str]] = {}
for _name in _TABLE:
    _BY_CASE.setdefault(_name.casefold(), []).append(_name)
# No other power: pa6, h2 and n2 are substances.
_AREA = re.compile(r"[kdcmμn]?m\^?[23]")
_FOLDED = {name.casefold() for name in (*_TABLE, *TEMPERATURES, *NAMES)}
