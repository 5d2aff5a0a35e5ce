"""English and Spanish: messages from gettext catalogs, numbers, dates and money from Babel.

The language is a context variable, so that each reader's session keeps its own. Library code marks
text with `gettext` where it is shown at once and with `mark` where a module-level constant holds it.
"""

from __future__ import annotations

import gettext as gettext_module
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import dates, numbers

LANGUAGES = {"en": "English", "es": "Español"}
CATALOG_FOLDER = Path(__file__).resolve().parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="en")
_locale: ContextVar[str] = ContextVar("locale", default="en_GB")


def set_language(language: str, region: str = "") -> None:
    """Choose the language, and the region whose number and date forms go with it.

    Parameters
    ----------
    language : str
        ``en`` or ``es``; anything else falls back to English.
    region : str
        Two-letter country code such as ``MX``; empty for the language's default (GB, ES).
    """
    language = language if language in LANGUAGES else "en"
    _language.set(language)
    _locale.set(f"{language}_{region or {'en': 'GB', 'es': 'ES'}[language]}")


def current_language() -> str:
    """Code of the language in force."""
    return _language.get()


def current_locale() -> str:
    """Babel locale in force, for instance ``es_ES``."""
    return _locale.get()


def mark(message: str) -> str:
    """Mark a constant for translation; it is translated when it is shown, by `gettext`."""
    return message


def gettext(message: str) -> str:
    """The message in the language in force."""
    return _catalog(_language.get()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    """The message in the form that goes with n, in the language in force."""
    return _catalog(_language.get()).ngettext(singular, plural, n)


@lru_cache(maxsize=4)
def _catalog(language: str) -> gettext_module.NullTranslations:
    path = CATALOG_FOLDER / f"{language}.po"
    if language == "en" or not path.is_file():
        return gettext_module.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    # Compiled in memory: a binary catalog beside the text one would sooner or later disagree with it.
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    buffer = BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    return gettext_module.GNUTranslations(buffer)


def format_number(value: float, digits: int = 0, *, signed: bool = False) -> str:
    """A number with the thousands and decimal marks of the locale, a true minus sign and optional plus."""
    text = numbers.format_decimal(
        abs(round(value, digits)),
        format="#,##0" + ("." + "0" * digits if digits else ""),
        locale=current_locale(),
    )
    return _sign(round(value, digits), signed) + text


def format_percent(fraction: float, digits: int = 1, *, signed: bool = False) -> str:
    """A fraction as per cent, for instance 0.265 as 26.5 %."""
    value = round(fraction * 100, digits)
    pattern = (
        "#,##0" + ("." + "0" * digits if digits else "") + ("%" if current_language() == "en" else "\u00a0%")
    )
    return _sign(value, signed) + numbers.format_percent(
        abs(value) / 100, format=pattern, locale=current_locale()
    )


def format_money(value: float, currency: str, digits: int = 0, *, signed: bool = False) -> str:
    """An amount with its currency, in the locale's form."""
    text = numbers.format_currency(
        abs(round(value, digits)),
        currency,
        locale=current_locale(),
        format=None if digits else "¤#,##0" if current_language() == "en" else "#,##0 ¤",
        currency_digits=False,
    )
    return _sign(round(value, digits), signed) + text


def format_month(month: date, *, short: bool = False) -> str:
    """A month, for instance 'September 2026', or 'Sep 2026' when short."""
    return dates.format_skeleton("yMMM" if short else "yMMMM", month, locale=current_locale())


def format_day(day: date, *, weekday: bool = False) -> str:
    """A day in the locale's medium form."""
    return dates.format_date(day, "full" if weekday else "medium", locale=current_locale())


def _sign(value: float, signed: bool) -> str:
    return "−" if value < 0 else "+" if signed and value > 0 else ""
