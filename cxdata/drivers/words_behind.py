"""Sentences and tables of the checks behind a driver analysis."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxdata.drivers.analysis import Analysis
from cxdata.drivers.asymmetry import DELIGHTER, MUST_HAVE, PERFORMANCE, TOO_FEW, UNCLEAR
from cxdata.drivers.cautions import METHOD_LABELS
from cxdata.drivers.checks import BAD, GOOD, MIDDLE
from cxdata.drivers.deeper import Deeper
from cxdata.drivers.over_time import FEWEST_IN_BAND, YEAR
from cxdata.drivers.words import FACT_LABELS, effect_text
from cxdata.language import format_number, format_percent, gettext, mark
from cxdata.scorecard.words import joined

ASYMMETRY_LABELS = {
    MUST_HAVE: mark("must-have: bad counts more"),
    PERFORMANCE: mark("both count, neither clearly more"),
    DELIGHTER: mark("delighter: good counts more"),
    UNCLEAR: mark("unclear"),
    TOO_FEW: mark("too few at one end"),
}

SEGMENT_REASONS = {
    "one_outcome": mark("{segment}: every one of {rows} decisions ended alike."),
    "too_few_events": mark(
        "{segment}: {rows} decisions with {events} of the rarer outcome; {needed} are needed."
    ),
    "no_fit": mark("{segment}: the model does not settle on {rows} decisions."),
}


def band_labels() -> dict[str, str]:
    """What the bands of a rating are called."""
    return {BAD: gettext("Bad rating"), MIDDLE: gettext("In between"), GOOD: gettext("Very good rating")}


def robustness_sentences(deep: Deeper, names: Mapping[str, str]) -> list[str]:
    """How strong something unmeasured would have to be, per clear driver; the first three."""
    if deep.robustness.empty:
        return []
    texts = [
        gettext(
            "{driver}: to explain it away, something that nobody measured would have to go with both this driver and "
            "the outcome by a factor of {value} each; by {limit}, to make it unclear."
        ).format(
            driver=names[row["code"]], value=format_number(row["e_value"], 1),
            limit=format_number(row["e_value_limit"], 1),
        )
        for row in deep.robustness.head(3).to_dict("records")
    ]  # fmt: skip
    return [" ".join(texts)]


def chance_sentences(deep: Deeper, names: Mapping[str, str]) -> list[str]:
    """Which drivers do not clearly explain more than random numbers would."""
    if not np.isfinite(deep.yardstick.share):
        return [gettext("Not computed: {reason}").format(reason=deep.unable.get("yardstick", "–"))]
    table, share = deep.analysis.table, format_percent(deep.yardstick.share, 1)
    below = [names[code] for code in table.loc[~table["above_random"].astype(bool), "code"]]
    if not below:
        return [
            gettext(
                "Every driver explains more than random numbers, which reach a share of {share} at most in 19 draws of 20."
            ).format(share=share)
        ]
    return [
        gettext(
            "Random numbers reach a share of {share} at most in 19 draws of 20; not clearly above them: {drivers}."
        ).format(share=share, drivers=joined(below))
    ]


def asymmetry_sentences(deep: Deeper, names: Mapping[str, str]) -> list[str]:
    """Where bad counts more than good, or less; and where that cannot be told."""
    found = deep.asymmetry
    if found is None:
        reason = deep.unable.get("asymmetry", "")
        return [
            gettext("No ratings to compare.")
            if not reason
            else gettext("Not computed: {reason}").format(reason=reason)
        ]
    texts = []
    for place, term in enumerate(found.terms):
        if found.label[place] not in (MUST_HAVE, DELIGHTER):
            continue
        ratio = found.ratio[place]
        template = (
            gettext(
                "{driver}: a bad rating counts {ratio} times as much as a very good one ({low} to {high})."
            )
            if np.isfinite(found.ratio_low[place]) and np.isfinite(found.ratio_high[place])
            else gettext("{driver}: a bad rating counts more than a very good one.")
            if found.label[place] == MUST_HAVE
            else gettext("{driver}: a very good rating counts more than a bad one.")
        )
        texts.append(
            template.format(
                driver=names[term],
                ratio=format_number(ratio, 1) if np.isfinite(ratio) else "",
                low=format_number(found.ratio_low[place], 1),
                high=format_number(found.ratio_high[place], 1),
            )
        )  # fmt: skip
    both = [names[term] for place, term in enumerate(found.terms) if found.label[place] == PERFORMANCE]
    if both:
        texts.append(
            gettext("Both ends count, neither clearly more: {drivers}.").format(drivers=joined(both))
        )
    few = [names[term] for place, term in enumerate(found.terms) if found.label[place] == TOO_FEW]
    if few:
        texts.append(gettext("Too few ratings at one end: {drivers}.").format(drivers=joined(few)))
    if not texts:
        texts.append(gettext("For no rating does bad count clearly more than good, or less."))
    return [" ".join(texts)]


def agreement(analysis: Analysis, names: Mapping[str, str]) -> list[str]:
    """Kendall's W of the methods' ranks, and drivers that move by three ranks or more."""
    ranks = _ranks(analysis)
    if ranks.shape[0] < 2:
        return [gettext("One driver has no rank to disagree about.")]
    moved = [names[str(code)] for code, row in ranks.iterrows() if row.max() - row.min() >= 3]
    text = gettext("Kendall's W = {value} over {count} methods (1: the same order everywhere).").format(
        value=format_number(kendalls_w(ranks.to_numpy(float)), 2), count=format_number(ranks.shape[1])
    )
    if moved:
        text += " " + gettext("Three ranks or more apart: {drivers}.").format(drivers=joined(moved))
    return [text]


def kendalls_w(ranks: np.ndarray) -> float:
    """Agreement of ranks, shape (drivers, methods): 0 none, 1 complete.

    References
    ----------
    Kendall & Babington Smith (1939), Annals of Mathematical Statistics 10(3).
    """
    drivers, methods = ranks.shape
    sums = ranks.sum(axis=1)
    return float(12 * ((sums - sums.mean()) ** 2).sum() / (methods**2 * (drivers**3 - drivers)))


def dominance_note(deep: Deeper) -> str:
    """That logistic dominance saw a part of the decisions only; '' where it saw all, or was not computed."""
    used, every = deep.dominance_rows, deep.analysis.summary.used
    if not 0 < used < every:
        return ""
    return gettext(
        "Logistic dominance fits every subset of the drivers, here on {used} of {every} decisions drawn at random."
    ).format(used=format_number(used), every=format_number(every))


def method_table(analysis: Analysis, names: Mapping[str, str]) -> pd.DataFrame:
    """T2: share and rank of each driver by each method."""
    ranks = _ranks(analysis)
    shares = analysis.methods.pivot(index="code", columns="method", values="share")
    rows = []
    for code in analysis.table["code"]:
        row = {gettext("Driver"): names[code]}
        for method in ranks.columns:
            row[gettext(METHOD_LABELS[method])] = gettext("{share} (rank {rank})").format(
                share=format_percent(shares.loc[code, method], 0), rank=format_number(ranks.loc[code, method])
            )
        rows.append(row)
    return pd.DataFrame(rows)


def _ranks(analysis: Analysis) -> pd.DataFrame:
    shares = analysis.methods.pivot(index="code", columns="method", values="share")
    order = [method for method in METHOD_LABELS if method in shares.columns]
    return shares[order].dropna(axis=1).rank(ascending=False, method="first")


def segment_sentences(deep: Deeper, names: Mapping[str, str]) -> list[str]:
    """Reversals of sign by name, and segments that are too small."""
    found = deep.segments
    if found is None:
        return [gettext("There is one segment only, or the segment is itself a driver.")]
    main = {row: row for row in deep.analysis.table["code"]}
    texts = [
        gettext("{driver} goes the other way in {segment}.").format(
            driver=names[term.split("#")[0]], segment=names.get(segment, segment)
        )
        for term, segment in found.reversals
        if term.split("#")[0] in main and not term.endswith("contact")
    ]
    if not texts:
        texts = [gettext("No driver goes clearly the other way in any segment (Benjamini-Hochberg, 5 %).")]
    texts += [
        gettext(SEGMENT_REASONS[one.reason]).format(
            segment=names.get(one.segment, one.segment), rows=format_number(one.rows),
            events=format_number(one.events), needed=format_number(one.needed),
        )
        for one in found.left
    ]  # fmt: skip
    return [" ".join(texts)]


def segment_table(deep: Deeper, names: Mapping[str, str]) -> pd.DataFrame:
    """Effects per segment; an asterisk stands out from chance over all segments and drivers."""
    found, summary = deep.segments, deep.analysis.summary
    if found is None:
        return pd.DataFrame()
    rows = []
    for code in deep.analysis.table["code"]:
        place = next(at for at, term in enumerate(found.terms) if term.split("#")[0] == code)
        row = {gettext("Driver"): names[code]}
        for at, segment in enumerate(found.segments):
            clear = found.p_adjusted[at, place] < 0.05
            row[names.get(segment, segment) or gettext("not stated")] = gettext(
                "{effect} ({low} to {high})"
            ).format(
                effect=effect_text(found.estimate[at, place], summary),
                low=effect_text(found.conf_low[at, place], summary),
                high=effect_text(found.conf_high[at, place], summary),
            ) + (" *" if clear else "")
        rows.append(row)
    return pd.DataFrame(rows)


def validation_sentences(deep: Deeper, names: Mapping[str, str]) -> list[str]:
    """How well decisions are told apart that the model had not seen."""
    found = deep.validation
    if found is None:
        return [gettext("Not computed: {reason}").format(reason=deep.unable.get("validation", "–"))]
    how = (
        gettext("Learned on earlier decisions, tested on {rows} later ones of other customers.")
        if found.split.cut is not None
        else gettext("Tested on {rows} decisions of customers that the model had not seen, in five parts.")
    ).format(rows=format_number(found.rows))
    if not deep.analysis.summary.settings.of_terms:
        return [
            how
            + " "
            + gettext("It explains {share} of the differences there.").format(
                share=format_percent(found.r_squared)
            )
        ]
    text = gettext(
        "AUC {auc} ({low} to {high}; 0.5 is a coin), Brier {brier}, calibration slope {slope} (1 is right)."
    ).format(
        auc=format_number(found.auc, 2), low=format_number(found.auc_low, 2), high=format_number(found.auc_high, 2),
        brier=format_number(found.error, 3), slope=format_number(found.calibration.slope, 2),
    )  # fmt: skip
    if found.boosting is not None:
        text += " " + gettext("Gradient boosting, as an alarm only: AUC {auc}.").format(
            auc=format_number(found.boosting.auc, 2)
        )
    return [f"{how} {text}"]


def curve_sentences(deep: Deeper, names: Mapping[str, str]) -> list[str]:
    """What the curves over time show, from which age on, or why there are none; empty where none belong here."""
    if not deep.curve_of:
        return []
    driver = names[deep.curve_of]
    if deep.curves.empty:
        return [
            gettext("No curves by rating of {driver}: {reason}").format(
                driver=driver, reason=deep.unable.get("curves", "–")
            )
        ]
    text = gettext("Share kept over the length of the relationship, by the last rating of {driver}.").format(
        driver=driver
    )
    begin = float(deep.curves["days"].min()) / YEAR
    if begin > 0:
        text += " " + gettext(
            "The curves begin at {years} years, with those who were still there: before, fewer than {fewest} of some "
            "rating were watched."
        ).format(years=format_number(begin, 1), fewest=format_number(FEWEST_IN_BAND))
    return [text]


def pace_sentences(deep: Deeper, names: Mapping[str, str]) -> list[str]:
    """How fast customers leave by how they rated, what is held equal, or why that cannot be told."""
    if not deep.curve_of:
        return []
    driver, found = names[deep.curve_of], deep.pace
    if found is None:
        return [
            gettext("No pace of leaving by rating of {driver}: {reason}").format(
                driver=driver, reason=deep.unable.get("pace", "–")
            )
        ]
    words = band_labels()
    told = {
        1: gettext("{band}: {ratio} times the pace of leaving of “{reference}” ({low} to {high}), clearly faster."),
        -1: gettext("{band}: {ratio} times the pace of leaving of “{reference}” ({low} to {high}), clearly slower."),
        0: gettext("{band}: {ratio} times the pace of leaving of “{reference}” ({low} to {high}), not clearly different."),
    }  # fmt: skip
    each = [
        told[int(low > 1) - int(high < 1)].format(
            band=words[band], ratio=format_number(ratio, 2), reference=words[found.reference],
            low=format_number(low, 2), high=format_number(high, 2),
        )
        for band, ratio, low, high in zip(found.bands, found.ratio, found.low, found.high, strict=True)
    ]  # fmt: skip
    held = joined([gettext("year of the relationship"), *(gettext(FACT_LABELS[name]) for name in found.held)])
    return [
        gettext("At each decision, by the last rating of {driver}.").format(driver=driver)
        + " "
        + " ".join(each),
        gettext(
            "Discrete-time hazard of {count} customers, intervals by customer. Held equal: {facts}; not the other drivers."
        ).format(count=format_number(found.customers), facts=held),
    ]


def pace_table(deep: Deeper) -> pd.DataFrame:
    """Pace of leaving by band of the rating, with its interval and base."""
    found = deep.pace
    if found is None:
        return pd.DataFrame()
    words, rows = band_labels(), []
    for band in found.decisions:
        place = found.bands.index(band) if band in found.bands else -1
        rows.append(
            {
                gettext("Rating"): words[band],
                gettext("Pace of leaving"): gettext("1 (compared with)") if place < 0
                else gettext("{ratio} times").format(ratio=format_number(found.ratio[place], 2)),
                gettext("95 % interval"): "–" if place < 0 else gettext("{low} to {high}").format(
                    low=format_number(found.low[place], 2), high=format_number(found.high[place], 2)),
                gettext("Decisions"): format_number(found.decisions[band]),
                gettext("Lost"): format_number(found.lost[band]),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
