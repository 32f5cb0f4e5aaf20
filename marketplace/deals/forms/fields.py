"""Fields of a contract that no other form has: shares, rates, foreign amounts, districts, countries."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.deals.rulebook import currencies
from marketplace.deals.rulebook.contracts import FIRST_DAY
from marketplace.kernel.numerals import NumeralError, ascii_signs, read_number
from marketplace.web.forms import DateField, PlainTextField

_DISTRICT = re.compile(r"[1-9][0-9]{5}")
_COUNTRY = re.compile(r"[A-Z]{3}")


class ContractDayField(DateField):
    """A day of a contract: from 1987, the year of the first law on technology contracts, to 2100."""

    first = FIRST_DAY
    default_error_messages = {"range": _("日期应在 1987 年至 2100 年之间")}


class ShareField(forms.Field):
    """A share typed in percent with at most two decimals; cleaned to basis points, None when empty."""

    suffix = "%"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        text = "" if value in self.empty_values else str(value)[:64].strip()
        if not text:
            return None
        number = _number(text.rstrip("%％")) * 100
        if number != number.to_integral_value():
            raise ValidationError(_("最多保留两位小数"), code="places")
        if not 0 < number <= 10_000:
            raise ValidationError(_("份额应大于 0，不超过 100"), code="range")
        return int(number)

    def prepare_value(self, value: Any) -> Any:
        """Basis points become percent; what was typed stays as it is."""
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{Decimal(value) / 100:f}"
        return value


class RateField(PlainTextField):
    """Yuan for one unit of a foreign currency, kept as the exact text of a decimal."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(max_length=20, **kwargs)
        self.counted = False

    def to_python(self, value: Any) -> str:
        text = ascii_signs(super().to_python(value)).strip()
        if text and not currencies.is_rate(text):
            raise ValidationError(
                _("请填写大于 0 的数字，最多八位小数，例如 7.1234"), code="invalid"
            )
        return text


class ForeignAmountField(forms.Field):
    """An amount in units of a foreign currency; cleaned to Decimal. The form knows its currency."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        text = "" if value in self.empty_values else str(value)[:64].strip()
        if not text:
            return None
        number = _number(text)
        if not 0 < number <= 10**12:
            raise ValidationError(_("金额应大于 0，且不超出可登记的范围"), code="range")
        return number


class DistrictField(PlainTextField):
    """Six digits of GB/T 2260, of any place in China."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(max_length=12, **kwargs)
        self.counted = False

    def to_python(self, value: Any) -> str:
        text = ascii_signs(super().to_python(value)).strip()
        if text and not _DISTRICT.fullmatch(text):
            raise ValidationError(_("请填写六位数字的行政区划代码，例如 371302"), code="invalid")
        return text


class CountryField(PlainTextField):
    """Three letters of ISO 3166-1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=12, **kwargs)
        self.counted = False

    def to_python(self, value: Any) -> str:
        text = ascii_signs(super().to_python(value)).strip().upper()
        if text and not _COUNTRY.fullmatch(text):
            raise ValidationError(_("请填写三位字母的国家代码，例如 CHN、USA"), code="invalid")
        return text


def _number(text: str) -> Decimal:
    try:
        return read_number(text)
    except NumeralError as error:
        raise ValidationError(error.args[0], code="invalid") from error
