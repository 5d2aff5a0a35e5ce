"""Metrics and terms as entries of a glossary, in the language in force and with the company's settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cxdata.config import Config
from cxdata.definitions.search import matches, plain
from cxdata.language import format_number, gettext
from cxdata.terms import TERMS
from cxdata.vocabulary import CONVENTION_LABELS, METRICS, UNIT_LABELS, unit_of


@dataclass(frozen=True)
class Entry:
    """A metric or a term, in words.

    Parameters
    ----------
    code : str
        Its name in the address: `?term=nps` opens it.
    label, meaning : str
        What it is called and what it says.
    facts : tuple of (str, str)
        What else is to be said, with a heading each: formula, unit, convention in force, source.
    """

    code: str
    label: str
    meaning: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that the search looks at."""
        return (self.code, self.label, self.meaning, *(text for _, text in self.facts))


def metric_entries(config: Config) -> list[Entry]:
    """Every metric with its formula, unit, the convention in force and its source."""
    conventions = {"csat": config.csat, "ces": config.ces}
    entries = []
    for metric in METRICS.values():
        facts = [
            (gettext("Formula"), gettext(metric.formula)),
            (gettext("Unit"), gettext(UNIT_LABELS[unit_of(metric.code, conventions)])),
            (gettext("In force here"), _in_force(metric.code, config)),
            (gettext("Source"), metric.source),
        ]
        entries.append(
            Entry(
                metric.code, gettext(metric.label), gettext(metric.meaning), tuple(f for f in facts if f[1])
            )
        )
    return entries


def term_entries(config: Config) -> list[Entry]:
    """Every term, with the setting in force where one belongs to it."""
    entries = []
    for term in TERMS:
        facts = [(gettext("In force here"), _in_force(term.code, config)), (gettext("Source"), term.source)]
        entries.append(
            Entry(term.code, gettext(term.label), gettext(term.meaning), tuple(f for f in facts if f[1]))
        )
    return entries


def found(entries: Iterable[Entry], asked: str) -> list[Entry]:
    """Entries in which everything asked for occurs; those that are called so come first."""
    wanted = plain(asked)
    hits = [entry for entry in entries if matches(asked, *entry.texts)]
    if not wanted:
        return hits
    return sorted(hits, key=lambda entry: wanted not in (plain(entry.code), plain(entry.label)))


def _in_force(code: str, config: Config) -> str:
    """The setting of cx.toml that decides about a metric or a term; empty where none does."""
    if code in ("csat", "ces"):
        return gettext(CONVENTION_LABELS[getattr(config, code)])
    texts = {
        "min_base": gettext("{n} answers").format(n=format_number(config.min_base)),
        "month": gettext("time zone {zone}").format(zone=config.time_zone),
    }
    return texts.get(code, "")
