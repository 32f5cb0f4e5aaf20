"""Fields of the API that read no more than the forms do."""

from datetime import date
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from marketplace.kernel.numerals import NumeralError, read_number


class FigureField(serializers.DecimalField):
    """A decimal, as a JSON number or as text; text is read like what is typed into a form."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Raises ValidationError."""
        if isinstance(data, str):
            try:
                data = read_number(data[:64])
            except NumeralError as error:
                raise serializers.ValidationError(error.args[0]) from error
        number: Decimal = super().to_internal_value(data)
        return number


class WholeField(serializers.IntegerField):
    """A whole number. As text, plain digits only: int() would read 1_000 and digits of any script."""

    def to_internal_value(self, data: Any) -> int:
        """Raises ValidationError."""
        if isinstance(data, bool) or (isinstance(data, str) and not _is_plain(data)):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class DayField(serializers.DateField):
    """A day as YYYY-MM-DD in plain digits."""

    def to_internal_value(self, value: Any) -> date:
        """Raises ValidationError."""
        if isinstance(value, str) and not value.isascii():
            self.fail("invalid", format="YYYY-MM-DD")
        day: date = super().to_internal_value(value)
        return day


def _is_plain(text: str) -> bool:
    digits = text.strip().removeprefix("-")
    return digits.isascii() and digits.isdecimal()
