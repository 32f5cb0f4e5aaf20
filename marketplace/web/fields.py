"""Form fields of the product: each keeps what was typed and says at the field what is wrong."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.money import MoneyError, in_wan, parse_money
from marketplace.kernel.numerals import ascii_signs
from marketplace.web.plaintext import clean_text, has_lone_surrogate

Choices = Callable[[], Iterable[tuple[Any, Any]]]

_BROKEN = _("文字里有无法识别的字符，请删去后重新输入")
_TOO_LONG = ngettext_lazy(
    "最多 %(limit)d 个字，现在有 %(count)d 个",
    "最多 %(limit)d 个字，现在有 %(count)d 个",
    "limit",
)
CHOOSE = _("请选择")
#: No field takes more than this, whatever its own limit: longer text is refused unread.
HARD_LIMIT = 50_000


class PlainTextField(forms.CharField):
    """Plain text with a limit in characters; a counter instead of a browser that cuts off.

    Control, direction and invisible characters are dropped, lone surrogates refused.
    """

    def __init__(
        self, *, max_length: int, multiline: bool = False, rows: int = 4, **kwargs: Any
    ) -> None:
        self.limit = max_length
        self.counted = True
        self.multiline = multiline
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = "" if value in self.empty_values else str(value)
        if has_lone_surrogate(text):
            raise ValidationError(_BROKEN, code="encoding")
        if len(text) > HARD_LIMIT:
            self._refuse_length(len(text))
        text = clean_text(text, multiline=self.multiline)
        if len(text) > self.limit:
            self._refuse_length(len(text))
        return text or str(self.empty_value or "")

    def _refuse_length(self, count: int) -> None:
        raise ValidationError(
            _TOO_LONG, code="max_length", params={"limit": self.limit, "count": count}
        )


class MoneyFormField(forms.CharField):
    """An amount typed in 万元 (`unit="wan"`) or 元 (`"yuan"`); cleaned to int fen, None when empty.

    `exact` takes 万元 to the fen: for amounts of papers, which are shown again as they are kept.
    """

    def __init__(self, *, unit: str = "wan", exact: bool = False, **kwargs: Any) -> None:
        self.money_unit = unit
        self.is_exact = exact
        self.suffix = _("万元") if unit == "wan" else _("元")
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Int fen, or None for an empty field."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        text = "" if value in self.empty_values else str(value).strip()
        if not text:
            return None
        try:
            return parse_money(text[:64], unit=self.money_unit, exact=self.is_exact)
        except MoneyError as error:
            raise ValidationError(error.args[0], code="invalid") from error

    def run_validators(self, value: Any) -> None:
        """Text validators have nothing to say about an amount."""

    def prepare_value(self, value: Any) -> Any:
        """Fen become the typed unit; what was typed stays as it is."""
        if isinstance(value, int) and not isinstance(value, bool):
            return in_wan(value) if self.money_unit == "wan" else in_wan(value * 10_000)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


class EitherField(forms.TypedChoiceField):
    """A choice of two in words, kept as true (`yes`) or false (`no`) and shown again as chosen."""

    default_error_messages = {"invalid_choice": _("请从列表中选择")}

    def __init__(self, *, yes: Any, no: Any, **kwargs: Any) -> None:
        choices = [("yes", yes), ("no", no)]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A stored truth value becomes the key of its choice; what was typed stays as it is."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value


class _KeepsChosen:
    """A choice of terms that still shows, and takes, one that was chosen before it left the list.

    Otherwise a retired term would read 请选择 when its row is opened, and saving would clear it.
    """

    terms: Choices
    choices: Any

    def keep(self, codes: Iterable[Any]) -> None:
        """Add the stored `codes` that the list no longer offers, by the name they had."""
        rows = list(self.choices)
        offered = {str(code) for code, _label in rows}
        gone = [code for code in codes if code and str(code) not in offered]
        if gone:
            name_of = getattr(self.terms, "name_of", str)
            self.choices = [
                *rows,
                *((code, _("%(name)s（已停用）") % {"name": name_of(code)}) for code in gone),
            ]


class TermField(_KeepsChosen, forms.ChoiceField):
    """One term of a list that is asked for when the form is shown, never at import."""

    # Django's own message repeats the value that came in, whatever it was.
    default_error_messages = {"invalid_choice": _("请从列表中选择")}

    def __init__(self, terms: Choices, *, blank: Any = CHOOSE, **kwargs: Any) -> None:
        self.terms, self.blank = terms, blank
        super().__init__(choices=self._choices, **kwargs)

    def _choices(self) -> list[tuple[Any, Any]]:
        rows = list(self.terms())
        return [("", self.blank), *rows] if self.blank is not None else rows


class TermMultiField(_KeepsChosen, forms.MultipleChoiceField):
    """Several terms as check boxes, at most `most`; cleaned to a list of codes."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": _("请从列表中选择"),
        "invalid_list": _("请从列表中选择"),
    }

    def __init__(self, terms: Choices, *, most: int | None = None, **kwargs: Any) -> None:
        self.terms, self.most = terms, most
        super().__init__(choices=self._choices, **kwargs)

    def _choices(self) -> list[tuple[Any, Any]]:
        """Check boxes stand side by side, where the indentation of a tree says nothing."""
        return [(code, str(label).strip()) for code, label in self.terms()]

    def clean(self, value: Any) -> list[str]:
        chosen = list(dict.fromkeys(super().clean(value)))
        if self.most is not None and len(chosen) > self.most:
            raise ValidationError(
                _("最多选择 %(most)d 项"), code="most", params={"most": self.most}
            )
        return chosen


class DateField(forms.DateField):
    """A day between 2000 and 2100, in the browser's own date picker.

    2025/11/3, 2025.11.3, 2025年11月3日, 20251103 and each with a time of day are read too. A month
    without a day is refused: nobody knows whether its first or its last day was meant.
    """

    first, last = date(2000, 1, 1), date(2100, 12, 31)
    default_error_messages = {
        "invalid": _("请按 2027-05-01 的格式填写日期，写到日"),
        "range": _("日期应在 2000 年至 2100 年之间"),
    }

    _DAY = re.compile(
        r"^(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})[日号]?|(\d{4})(\d\d)(\d\d))"
        # A time of day, as spreadsheets write it behind a day, is passed over.
        r"(?:[T ]?\d{1,2}[:时]\d{1,2}分?(?:[:]?\d{1,2}(?:\.\d+)?秒?)?)?\Z",
        re.ASCII,
    )

    def __init__(self, **kwargs: Any) -> None:
        limits = {"type": "date", "min": self.first.isoformat(), "max": self.last.isoformat()}
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs=limits))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        day = self._read(value) if isinstance(value, str) else super().to_python(value)
        if day is not None and not self.first <= day <= self.last:
            raise ValidationError(self.error_messages["range"], code="range")
        return day

    def _read(self, text: str) -> date | None:
        typed = " ".join(unicodedata.normalize("NFKC", ascii_signs(text[:60])).split())
        if not typed:
            return None
        match = self._DAY.match(typed) or self._DAY.match(typed.replace(" ", ""))
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        year, month, day = (part for part in match.groups() if part and part not in "-/.")
        try:
            return date(int(year), int(month), int(day))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class ComingDateField(DateField):
    """A day from today on, for what is still to come: a validity, a deadline."""

    default_error_messages = {"past": _("日期不能早于今天")}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value < clock.today():
            raise ValidationError(self.error_messages["past"], code="past")


class KeywordsField(PlainTextField):
    """Keywords in one line, cleaned to a list without repeats; quotes around a word go.

    Parted by 、，,;；。| or blanks, or by a stroke unless both sides of it are Latin (TCP/IP).
    """

    _PARTS = re.compile(r"[、，,;；。|｜\s]+|(?<![\x21-\x7e])[/／]|[/／](?![\x21-\x7e])")
    _QUOTES = "\"'“”‘’「」『』《》＂"

    def __init__(self, *, most: int = 8, longest: int = 20, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(max_length=most * (longest + 2), **kwargs)
        self.counted = False

    def clean(self, value: Any) -> list[str]:
        text = super().clean("、".join(value) if isinstance(value, list | tuple) else value)
        words = self.parted(text)
        if len(words) > self.most:
            raise ValidationError(
                _("最多 %(most)d 个关键词"), code="most", params={"most": self.most}
            )
        for word in words:
            if len(word) > self.longest:
                raise ValidationError(
                    _("关键词“%(word)s”过长，每个不超过 %(longest)d 个字"),
                    code="longest",
                    params={"word": word[: self.longest] + "…", "longest": self.longest},
                )
        return words

    @classmethod
    def parted(cls, text: str) -> list[str]:
        """The keywords of a text in order, each once."""
        words = (part.strip(cls._QUOTES) for part in cls._PARTS.split(text))
        return list(dict.fromkeys(word for word in words if word))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return "、".join(str(word) for word in value)
        return super().prepare_value(value)


class PhoneField(forms.CharField):
    """A telephone number of mainland China: mobile, or (unless `mobile`) a landline or 400 number.

    Cleaned to `13800138000`, `0539-8100000` or `0539-8100000-801`.
    """

    _MOBILE = re.compile(r"^(?:\+?86)?(1[3-9]\d{9})\Z", re.ASCII)
    _LANDLINE = re.compile(
        r"^(?:\+?86)?(010|02\d|0[3-9]\d{2})(\d{7,8})(?:(?:转|x|-)(\d{1,5}))?\Z", re.ASCII
    )
    _SERVICE = re.compile(r"^(400\d{7})\Z", re.ASCII)

    def __init__(self, *, mobile: bool = False, **kwargs: Any) -> None:
        self.mobile = mobile
        attrs = {"inputmode": "tel", "autocomplete": "tel", "type": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        typed = "" if value in self.empty_values else str(value).strip()
        if not typed:
            return ""
        plain = unicodedata.normalize("NFKC", typed[:40])
        plain = re.sub(r"[\s()]", "", plain).replace("—", "-").replace("–", "-")
        digits = plain.replace("-", "")
        if match := self._MOBILE.match(digits):
            return match[1]
        if self.mobile:
            raise ValidationError(_("请输入 11 位手机号码"), code="invalid")
        if match := self._SERVICE.match(digits):
            return match[1]
        body, dash, extension = plain.rpartition("-")
        loose = body.replace("-", "") + dash + extension if body.count("-") else digits
        if match := self._LANDLINE.match(loose) or self._LANDLINE.match(digits):
            return "-".join(part for part in match.groups() if part)
        raise ValidationError(
            _("请输入手机号码，或带区号的座机号码，如 0539-8100000"), code="invalid"
        )
