"""Widgets whose options may carry a hint, and selects whose options come in groups."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class HintedRadios(forms.RadioSelect):
    """Radios with a line of explanation under some of them: `hints` maps values to texts."""

    def __init__(
        self, hints: Mapping[str, str | Promise], attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs)
        self.hints = hints

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the option as Django makes it, with its hint."""
        option = super().create_option(name, value, *args, **kwargs)
        if hint := self.hints.get(str(value)):
            option["hint"] = hint
            option["attrs"]["aria-describedby"] = f"{option['attrs'].get('id', name)}_hint"
        return option


class ManyOptions(forms.Select):
    """A select with hundreds of options, read once and written without a template for each."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the select as Django's own would be, groups of options included."""
        chosen = "" if value is None else str(value)

        def options(pairs: Any) -> SafeString:
            return format_html_join(
                "",
                '<option value="{}"{}>{}</option>',
                ((one, flatatt({"selected": str(one) == chosen}), label) for one, label in pairs),
            )

        parts = [
            format_html('<optgroup label="{}">{}</optgroup>', one, options(label))
            if isinstance(label, list | tuple)
            else options([(one, label)])
            for one, label in self.choices
        ]
        final = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        inside = format_html_join("", "{}", ((part,) for part in parts))
        return format_html("<select{}>{}</select>", flatatt(final), inside)

    def use_required_attribute(self, initial: Any) -> bool:
        """Return False without reading the options to know it: the page has its own words."""
        return False


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class CodeInput(forms.TextInput):
    """An input for something that is copied letter by letter."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(
            {
                "class": "code",
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
                **attrs,
            }
        )
