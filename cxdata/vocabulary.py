"""The words of the product: each metric's label, unit, formula and source; the terms around them are in `terms`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cxdata.errors import UnknownTerm
from cxdata.language import current_language, gettext
from cxdata.language import mark as _

Labels = Mapping[str, str | Mapping[str, str]]
"""The company's own words by code; below a language's code, those of that language."""

Unit = Literal["points", "fraction", "score"]
Family = Literal["answers", "renewals", "invitations"]


@dataclass(frozen=True)
class Metric:
    """A number that the scorecard shows.

    Parameters
    ----------
    code : str
        As in targets and URLs.
    label, meaning, formula, source : str
        Translatable, except the source: what it is called, what it says, how it is computed, who says so.
    family : {"answers", "renewals", "invitations"}
        Which mart it comes from.
    higher_is_better : bool
        Direction; for CES and ratings the question's own direction prevails.
    """

    code: str
    label: str
    meaning: str
    formula: str
    source: str
    family: Family
    higher_is_better: bool = True


METRICS: dict[str, Metric] = {
    metric.code: metric
    for metric in (
        Metric(
            "nps",
            _("NPS"),
            _("How many more customers would recommend the company than would not."),
            _("100 × (answers of 9–10 − answers of 0–6) ÷ all answers on the scale of 0 to 10; 95 % interval: "
              "adjusted Wald"),
            "Reichheld (2003), HBR 81(12); Rocks (2016), The American Statistician 70(4)",
            "answers",
        ),
        Metric(
            "csat",
            _("CSAT"),
            _("Satisfaction with an experience."),
            _("Share of answers at or above the question's favourable mark (top two of five, unless declared "
              "otherwise); 95 % interval: Wilson. As a mean where cx.toml says so"),
            "ISO 10004:2018; Wilson (1927), JASA 22",
            "answers",
        ),
        Metric(
            "ces",
            _("CES"),
            _("How easy the company makes it for its customers."),
            _("Mean of the scores; 95 % interval: t. As the share of favourable answers where cx.toml says so"),
            "Dixon, Freeman & Toman (2010), HBR 88(7)",
            "answers",
        ),
        Metric(
            "rating",
            _("Rating"),
            _("Rating of one aspect of the experience."),
            _("Mean of the scores; 95 % interval: t"),
            "",
            "answers",
        ),
        Metric(
            "expectation",
            _("Expectation"),
            _("What customers expected before the experience."),
            _("Mean of the scores; 95 % interval: t"),
            "",
            "answers",
        ),
        Metric(
            "enps",
            _("eNPS"),
            _("Employees who would recommend the company as a place to work, less those who would not."),
            _("As NPS, asked of employees"),
            "",
            "answers",
        ),
        Metric(
            "renewal_rate",
            _("Renewal rate"),
            _("Share of the terms that came up for renewal and were renewed."),
            _("Renewed ÷ (renewed + churned) terms that came up in the month; open terms are left out; 95 % "
              "interval: Wilson"),
            "",
            "renewals",
        ),
        Metric(
            "churn_rate",
            _("Churn rate"),
            _("Share of the terms that came up for renewal and were lost."),
            _("Churned ÷ (renewed + churned) terms that came up in the month; open terms are left out; 95 % "
              "interval: Wilson"),
            "",
            "renewals",
            higher_is_better=False,
        ),
        Metric(
            "gross_retention",
            _("Gross revenue retention"),
            _("Share of the annual value up for renewal that stayed; growth does not make up for losses."),
            _("Σ min(value of the next term, value up for renewal) ÷ Σ value up for renewal, over decided terms; "
              "95 % interval: Wilson with the effective number of terms"),
            "Cochran (1977), Sampling Techniques, ch. 6",
            "renewals",
        ),
        Metric(
            "net_retention",
            _("Net revenue retention"),
            _("Annual value of the terms that followed, for every unit of value up for renewal."),
            _("Σ value of the next term ÷ Σ value up for renewal, over decided terms; 95 % interval: linearised "
              "ratio, t"),
            "Cochran (1977), Sampling Techniques, ch. 6",
            "renewals",
        ),
        Metric(
            "response_rate",
            _("Response rate"),
            _("Share of the invitations that were answered."),
            _("Answered ÷ sent invitations, by month of sending; 95 % interval: Wilson"),
            "AAPOR Standard Definitions",
            "invitations",
        ),
    )
}  # fmt: skip

UNIT_LABELS: dict[Unit, str] = {
    "points": _("points, −100 to 100"),
    "fraction": _("per cent; changes in percentage points (pp)"),
    "score": _("points of the question's scale"),
}

CONVENTION_LABELS: dict[str, str] = {
    "share": _("share of favourable answers"),
    "mean": _("mean of the scores"),
}
"""What csat and ces may be in cx.toml."""

DIMENSION_LABELS: dict[str, str] = {
    "touchpoint": _("Touchpoint"),
    "channel": _("Channel"),
    "segment": _("Segment"),
    "region": _("Region"),
    "plan": _("Plan"),
    "persona": _("Persona"),
}

VERDICT_LABELS: dict[str, str] = {
    "up": _("up"),
    "down": _("down"),
    "unclear": _("unclear"),
    "too_few": _("too few answers"),
    "no_data": _("no data"),
    "new_scale": _("new scale"),
}


def metric(code: str) -> Metric:
    """The metric of that code.

    Raises
    ------
    UnknownTerm
        If there is none; the message lists the codes.
    """
    if code not in METRICS:
        raise UnknownTerm(f"metric '{code}' does not exist. Choose from: {', '.join(METRICS)}.")
    return METRICS[code]


def unit_of(code: str, conventions: Mapping[str, str]) -> Unit:
    """Unit of a metric, given the company's conventions for csat and ces (``"share"`` or ``"mean"``).

    Raises
    ------
    UnknownTerm
        If there is no such metric.
    """
    if metric(code).family != "answers":
        return "fraction"
    if code in ("nps", "enps"):
        return "points"
    return "fraction" if conventions.get(code) == "share" else "score"


def label_of(code: str, labels: Labels | None = None) -> str:
    """What a code of the data is called, in the language in force.

    Parameters
    ----------
    code : str
        As in the data; an empty one is "not stated".
    labels : mapping, optional
        The company's own words by code, and below a language's code those that hold in it only.

    Returns
    -------
    str
        The word of the language, else the word of all languages, else the code in plain letters.
    """
    if not code:
        return gettext("not stated")
    of_language = (labels or {}).get(current_language())
    for words in (of_language, labels):
        word = words.get(code) if isinstance(words, Mapping) else None
        if isinstance(word, str):
            return word
    return code.replace("_", " ")[:1].upper() + code.replace("_", " ")[1:]
