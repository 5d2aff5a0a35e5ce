"""The model card: what an analysis rests on, what it found, and what it must not be used for, as HTML and JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from html import escape
from importlib import metadata
from typing import Any

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.drivers.cautions import LEVEL_LABELS, action, meaning
from cxdata.drivers.deeper import Deeper
from cxdata.drivers.words import (
    FACT_LABELS,
    VERDICT_LABELS,
    base_sentence,
    effect_interval,
    effect_text,
    left_out_sentences,
    outcome_text,
    share_interval,
    step_text,
    story,
)
from cxdata.drivers.words_behind import (
    agreement,
    asymmetry_sentences,
    chance_sentences,
    pace_sentences,
    robustness_sentences,
    segment_sentences,
    validation_sentences,
)
from cxdata.language import current_language, format_number, format_percent, gettext, mark
from cxdata.scorecard.words import joined

FORMAT = 1
"""Of the JSON; it grows when a field changes its meaning."""

NOT_FOR = (
    mark("Decisions about single customers, such as prices, offers or refusals: it describes groups."),
    mark("Proof that an improvement will bring its effect: associations are not causes. Test it first."),
    mark("Judging employees or teams."),
    mark("Customers unlike those analysed: other segments, periods, or those who answer no surveys."),
    mark("Reading a share of importance as a test, or its interval as one: only effects are tested."),
)

PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "duckdb")


def versions() -> dict[str, str]:
    """Versions of the language and the packages that the numbers come from."""
    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def command_of(deep: Deeper) -> str:
    """The command that makes the same card again, from the same release."""
    settings, summary = deep.analysis.summary.settings, deep.analysis.summary
    parts = [
        "python -m cxdata drivers --out card.html",
        f"--release {summary.release} --outcome {settings.outcome} --month {summary.last:%Y-%m} --months {settings.months}",
        f"--look-back {settings.look_back_days} --lead {settings.lead_days} --seed {settings.seed}",
        *(f"--{name} {_quoted(value)}" for name, values in summary.filters.items() for value in values),
        *(f"--driver {_quoted(code)}" for code in settings.drivers),
    ]
    return " ".join(parts)


def card(deep: Deeper, names: Mapping[str, str]) -> dict[str, Any]:
    """The card as plain values: numbers as numbers, texts in the language in force."""
    analysis = deep.analysis
    summary, settings = analysis.summary, analysis.summary.settings
    checked = deep.validation
    return {
        "format": FORMAT,
        "kind": "driver analysis",
        "release": summary.release,
        "language": current_language(),
        "story": story(analysis, names, {}),
        "outcome": settings.outcome,
        "outcome_wording": outcome_text(summary, {}),
        "outcome_mean": summary.outcome_mean,
        "period": {"first": summary.first, "last": summary.last, "one_customer_in": summary.sample},
        "filters": {name: list(values) for name, values in summary.filters.items()},
        "rows": {
            "in": summary.rows_in, "used": summary.used, "left_out": dict(summary.left_out),
            "customers": summary.customers, "events": summary.events, "effective": summary.effective_rows,
        },
        "drivers_rejected": [
            {"driver": code, "why": why, "values": count} for code, why, count in summary.rejected
        ],
        "held_equal": list(summary.controls),
        "settings": {
            "drivers": list(settings.drivers) or "default", "months": settings.months, "seed": settings.seed,
            "look_back_days": settings.look_back_days, "lead_days": settings.lead_days,
            "imputations": summary.imputations, "replicates": settings.replicates,
        },
        "versions": versions(),
        "command": command_of(deep),
        "methods": {
            "importance": "LMG (Shapley) from EM moments" if summary.imputations > 1 else "LMG (Shapley)",
            "exact": summary.exact, "effects": summary.method, "clustered_by": "customer",
            "p_values": "Holm over drivers",
        },
        "diagnostics": {
            "r_squared": summary.r_squared, "r_squared_controls": summary.r_squared_controls,
            "mcfadden": summary.mcfadden, "separated": list(summary.separated), "em_converged": summary.em_converged,
            "random_driver_share_95": deep.yardstick.share, "parameters": summary.parameters,
            **({} if checked is None else {
                "hold_out": checked.split.kind, "auc": checked.auc, "auc_low": checked.auc_low,
                "auc_high": checked.auc_high, "mean_squared_error": checked.error,
                "calibration_slope": checked.calibration.slope, "calibration_intercept": checked.calibration.intercept,
                "boosting_auc": None if checked.boosting is None else checked.boosting.auc,
            }),
        },
        "drivers": [{**row, "name": names[row["code"]]} for row in analysis.table.to_dict("records")],
        "methods_compared": analysis.methods.to_dict("records"),
        "pace_of_leaving": _pace(deep),
        "robustness": deep.robustness.to_dict("records"),
        "not_computed": dict(deep.unable),
        "warnings": [
            {"code": one.code, "level": one.level, "drivers": list(one.drivers),
             "means": meaning(one, names), "do": action(one)}
            for one in analysis.cautions
        ],
        "not_to_be_used_for": [gettext(text) for text in NOT_FOR],
    }  # fmt: skip


def _pace(deep: Deeper) -> dict[str, Any] | None:
    found = deep.pace
    if found is None:
        return None
    return {
        "rating": deep.curve_of, "compared_with": found.reference, "held_equal": ["year of the relationship", *found.held],
        "customers": found.customers, "decisions": dict(found.decisions), "lost": dict(found.lost),
        "hazard_ratios": [
            {"band": band, "ratio": ratio, "low": low, "high": high}
            for band, ratio, low, high in zip(found.bands, found.ratio, found.low, found.high, strict=True)
        ],
    }  # fmt: skip


def card_json(deep: Deeper, names: Mapping[str, str]) -> str:
    """The card as JSON; what is not a number is null."""
    return json.dumps(_plain(card(deep, names)), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def card_html(deep: Deeper, names: Mapping[str, str], config: Config) -> str:
    """The card as one page without any reference to other files; everything from the data is escaped."""
    analysis, summary = deep.analysis, deep.analysis.summary
    settings = summary.settings
    held = joined([gettext(FACT_LABELS[name]) for name in summary.controls]) or gettext("nothing")
    facts = [
        (gettext("Release"), summary.release),
        (gettext("Outcome"), outcome_text(summary, config.labels)),
        (gettext("Filters"), "; ".join(f"{name}: {', '.join(values)}" for name, values in summary.filters.items())
         or gettext("none")),
        (gettext("Held equal"), held),
        (gettext("Look-back and lead time"), gettext("{look_back} days that end {lead} days before the decision").format(
            look_back=format_number(settings.look_back_days), lead=format_number(settings.lead_days))),
        (gettext("Simulations"), gettext("{imputations} imputations, {replicates} draws, seed {seed}").format(
            imputations=format_number(summary.imputations), replicates=format_number(settings.replicates),
            seed=str(settings.seed))),
        (gettext("Explained variance"), gettext("{all}; what is held equal alone: {controls}").format(
            all=format_percent(summary.r_squared), controls=format_percent(summary.r_squared_controls))),
        (gettext("A random driver's share"), gettext("up to {share} in 19 draws of 20").format(
            share=format_percent(deep.yardstick.share))),
        (gettext("Versions"), ", ".join(f"{name} {version}" for name, version in versions().items())),
        (gettext("Run it again"), command_of(deep)),
    ]  # fmt: skip
    checks = [
        *chance_sentences(deep, names),
        *validation_sentences(deep, names), *agreement(analysis, names), *asymmetry_sentences(deep, names),
        *segment_sentences(deep, names), *robustness_sentences(deep, names), *pace_sentences(deep, names),
    ]  # fmt: skip
    body = [
        _element("h1", gettext("Model card: drivers of {outcome}").format(
            outcome=outcome_text(summary, config.labels))),
        _element("p", config.company),
        *(_element("p", text) for text in story(analysis, names, config.labels)),
        _element("h2", gettext("Rows")),
        _element("p", " ".join([base_sentence(summary), *left_out_sentences(summary, names)])),
        _element("h2", gettext("Drivers")),
        _drivers(deep, names, config),
        _element("p", gettext("Associations are not causes.")),
        _element("h2", gettext("Warnings")),
        _list([f"{one.code}, {gettext(LEVEL_LABELS[one.level])}: {meaning(one, names)} {action(one)}"
               for one in analysis.cautions] or [gettext("None.")]),
        _element("h2", gettext("Checks")),
        _list(checks),
        _element("h2", gettext("Not to be used for")),
        _list([gettext(text) for text in NOT_FOR]),
        _element("h2", gettext("Settings")),
        "<table>" + "".join(f"<tr>{_element('th', name)}{_element('td', text)}</tr>" for name, text in facts) + "</table>",
    ]  # fmt: skip
    title = escape(
        gettext("Model card: drivers of {outcome}").format(outcome=outcome_text(summary, config.labels))
    )
    return (
        f'<!doctype html>\n<html lang="{current_language()}">\n<head><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def _drivers(deep: Deeper, names: Mapping[str, str], config: Config) -> str:
    analysis = deep.analysis
    heads = (gettext("Driver"), gettext("Share"), gettext("95 % interval"), gettext("Step"), gettext("Effect"),
             gettext("95 % interval"), gettext("p (Holm)"), gettext("Verdict"))  # fmt: skip
    rows = [
        (
            names[row["code"]], format_percent(row["share"]), share_interval(row),
            step_text(row, analysis.drivers[row["code"]], config.labels), effect_text(row["effect"], analysis.summary),
            effect_interval(row, analysis.summary), "" if pd.isna(row["holm"]) else format_number(row["holm"], 3),
            gettext(VERDICT_LABELS[verdict]),
        )
        for row, verdict in zip(analysis.table.to_dict("records"), analysis.table["verdict"], strict=True)
    ]  # fmt: skip
    head = "".join(_element("th", text) for text in heads)
    return (
        f"<table><tr>{head}</tr>"
        + "".join("<tr>" + "".join(_element("td", text) for text in row) + "</tr>" for row in rows)
        + "</table>"
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text or name == "td" else ""


def _list(texts: list[str]) -> str:
    return "<ul>" + "".join(_element("li", text) for text in texts) + "</ul>"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _plain(value: Any) -> Any:
    """Values that JSON knows: numpy's numbers as Python's, dates as text, nan and infinity as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2733}"
    "table{border-collapse:collapse;width:100%;font-size:.875rem}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d9e0e7}"
    "td{overflow-wrap:anywhere}h1{line-height:1.2}"
)
