"""Form fields that read what people type: numbers with either decimal sign."""

from decimal import Decimal
from typing import Any

from django import forms

from goldenthread.ui.locale import parse_number


class NumberInput(forms.TextInput):
    """A text input with the number keyboard: keeps what was typed, and no wheel changes it by accident."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class NumberField(forms.DecimalField):
    """A decimal typed the reader's way ("1,5" or "1.5", "12 000"); limits as in `DecimalField`."""

    widget = NumberInput
    default_error_messages = {"invalid": "Write a number, such as 62 or 62.5."}

    def prepare_value(self, value: Any) -> Any:
        """A stored 2.50 stands there as 2.5."""
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            number = parse_number(value)
            if number is None:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
            return number
        return super().to_python(value)


class DayInput(forms.DateInput):
    """The browser's own date field, which follows the reader's locale."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A date, typed or picked in the browser's date field."""

    widget = DayInput
    default_error_messages = {"invalid": "Write a date, such as 2026-11-23."}
