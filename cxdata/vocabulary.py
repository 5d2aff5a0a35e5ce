"""The words of the product: each metric's label, unit, formula and source, and the terms around it."""

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


@dataclass(frozen=True)
class Term:
    """A word used on the pages, with what it means here."""

    code: str
    label: str
    meaning: str
    source: str = ""


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

TERMS: tuple[Term, ...] = (
    Term("score", _("Score"), _("The value of an answer, a whole number on the question's scale.")),
    Term(
        "promoter",
        _("Promoters, passives, detractors"),
        _("Answers of 9–10, of 7–8 and of 0–6 to the question whether one would recommend."),
    ),
    Term(
        "favourable",
        _("Favourable answer"),
        _("An answer at or above the question's favourable mark; at or below it where a lower score is better."),
    ),
    Term("interval", _("95 % interval"), _("Range that covers the true value in 95 of 100 samples like this one.")),
    Term("base", _("Base (n)"), _("Answers, invitations or decided terms that a number rests on.")),
    Term("weight", _("Weight"), _("How much an answer counts, where the exports say so; 1 otherwise.")),
    Term(
        "effective_base",
        _("Effective base"),
        _("Equally weighted answers that would be as precise as the weighted ones."),
        "Kish (1965), Survey Sampling",
    ),
    Term(
        "verdict",
        _("Up, down, unclear"),
        _("A change is called up or down when it stands out from chance with at most 5 % false alarms among all "
          "changes shown together; otherwise it is unclear."),
        "Benjamini & Hochberg (1995), JRSS B 57(1)",
    ),
    Term("pp", _("Percentage points (pp)"), _("Difference of two percentages: from 80 % to 84 % is 4 pp.")),
    Term("min_base", _("Smallest base"), _("Below this many answers no score, colour or arrow is shown.")),
    Term(
        "new_scale",
        _("New scale"),
        _("The question is asked on another scale or with another favourable mark than before; the scores "
          "cannot be compared."),
    ),
    Term("month", _("Month"), _("From its first to its last day on the company's clock.")),
    Term("unfinished", _("Unfinished month"), _("The month of the last refresh: its numbers will still change.")),
    Term("restated", _("Restated month"), _("A closed month whose counts the last refresh changed.")),
    Term("rolling", _("Rolling three months"), _("The answers of a month and the two before it, counted together.")),
    Term(
        "target",
        _("Target"),
        _("What the company wants a metric to reach, from the month in which it takes effect."),
    ),
    Term("touchpoint", _("Touchpoint"), _("Where customer and company meet, such as delivery or a support call.")),
    Term("channel", _("Channel"), _("How customer and company met, such as phone, chat or shop.")),
    Term("stage", _("Stage"), _("Part of the journey that touchpoints belong to.")),
    Term(
        "moment_of_truth",
        _("Moment of truth"),
        _("A touchpoint that the team expects to decide whether customers stay."),
    ),
    Term(
        "segment",
        _("Segment, region, plan"),
        _("Groups of customers, as they were at the time of the answer, contact or decision."),
    ),
    Term("persona", _("Persona"), _("A type of customer that the team designs for.")),
    Term(
        "renewal_decision",
        _("Renewal decision"),
        _("A term of a subscription that came up and was renewed or lost."),
    ),
    Term(
        "adjusted_difference",
        _("Adjusted difference"),
        _("How much renewal (or NPS) after a bad experience differs from that after a good one, among customers "
          "alike in segment, length of the relationship, plan, product and other experiences."),
        "Robins (1986), Mathematical Modelling 7; Liang & Zeger (1986), Biometrika 73(1)",
    ),
    Term(
        "experience",
        _("Bad and good experience"),
        _("Bad: the last rating before the decision lies at the low end of the scale, or an unrated contact was "
          "not settled, a complaint, or had an unusually long wait. Good: a favourable rating."),
    ),
    Term(
        "bad_against_good",
        _("Weight of bad against good"),
        _("How many times as much a rating at the low end lowers the log-odds of renewal as one at the top raises "
          "them, both against the middle."),
        "Fieller (1954), JRSS B 16(2)",
    ),
    Term(
        "path",
        _("Path (sequence of contacts)"),
        _("The last two to four contacts before a decision, in their order."),
    ),
    Term(
        "disconnection",
        _("Disconnection"),
        _("A contact that should not have been needed: about the same matter within days, on another channel of "
          "the same stage, or after it counted as settled."),
    ),
    Term(
        "not_stated",
        _("Not stated"),
        _("The exports give no value; such rows count in totals and form a line of their own."),
    ),
    Term("release", _("Release"), _("One published set of data files; earlier ones are kept for rollback.")),
    Term("as_of", _("As of"), _("The day of the data; the month it lies in is unfinished.")),
    Term("source", _("Source"), _("A system that exports, with the SQL that maps its files to the contract tables.")),
    Term(
        "contract",
        _("Contract table"),
        _("A table as the scorecard defines it: its columns, allowed values and key."),
    ),
    Term(
        "conservation",
        _("Conservation"),
        _("Records read = loaded + quarantined + exact duplicates, for each file."),
    ),
    Term(
        "quarantine",
        _("Quarantine"),
        _("Rows that break the contract, kept with file, record, value and all reasons."),
    ),
    Term("duplicate", _("Duplicate"), _("A row that repeats another one exactly; it is counted and left out.")),
    Term(
        "unmatched",
        _("Unmatched"),
        _("A row that names a customer who is not in the customer list; it still counts."),
    ),
    Term(
        "keyed_hash",
        _("Keyed hash"),
        _("What stands for a customer's id in published tables: nobody can compute it without the company's key."),
        "RFC 2104 (HMAC)",
    ),
    Term(
        "manifest",
        _("Manifest"),
        _("The file of a release that says what was read, what became of it and what was checked."),
    ),
    Term(
        "cut",
        _("Cut"),
        _("The customer dimensions by which a published table is broken down: none or one of them; for terms also all."),
    ),
    Term(
        "repeat_contact",
        _("Repeat contact"),
        _("A contact whose customer is back at the same touchpoint within 7 or 30 days; counted only once that "
          "time is over."),
    ),
    Term(
        "weak_point",
        _("Weak point, strong point"),
        _("A touchpoint clearly below or above the mean of the touchpoints shown, each counting once."),
        "Zou & Donner (2008), Statistics in Medicine 27(10)",
    ),
    Term(
        "expectation_gap",
        _("Gap to the expectation"),
        _("Experienced less expected, within the same survey; negative falls short."),
        "Parasuraman, Zeithaml & Berry (1988), Journal of Retailing 64(1)",
    ),
    Term(
        "team_month",
        _("Team-month"),
        _("A team in a month: what its employees and the customers it served say, against the team's own mean."),
    ),
    Term(
        "rate_effect",
        _("Rate effect"),
        _("The part of a change that comes from groups scoring differently: mean share of the answers × change of "
          "the score."),
        "Kitagawa (1955), JASA 50(272)",
    ),
    Term(
        "mix_effect",
        _("Mix effect"),
        _("The part of a change that comes from other groups answering: change of the share × (mean score of the "
          "group − mean of the two totals)."),
        "Kitagawa (1955), JASA 50(272); Das Gupta (1993), US Bureau of the Census P23-186",
    ),
    Term(
        "process_limits",
        _("Process limits"),
        _("How far a month's score strays from the centre line by chance alone, given its number of answers: three "
          "sigma, widened where months differ by more than sampling explains."),
        "Shewhart (1931); Laney (2002), Quality Engineering 14(4)",
    ),
    Term(
        "signal",
        _("Signal"),
        _("A month beyond its process limits, two of three months close to one, or eight in a row on one side of the "
          "centre line: more than the usual wobble."),
        "Western Electric (1956); Nelson (1984), Journal of Quality Technology 16(4)",
    ),
    Term(
        "representation",
        _("Over- and under-represented"),
        _("A group's share of the answers is clearly above or below its share of the customers."),
        "Wilson (1927), JASA 22",
    ),
    Term(
        "raked",
        _("Raked score"),
        _("The score with answers weighted so that segment, region, plan and persona are mixed as among the customers."),
        "Deming & Stephan (1940), Annals of Mathematical Statistics 11(4)",
    ),
    Term(
        "silent",
        _("The silent"),
        _("Customers who were invited and did not answer; nobody knows their scores."),
        "Groves (2006), Public Opinion Quarterly 70(5)",
    ),
    Term(
        "tipping_point",
        _("Tipping point"),
        _("How different the silent would have to be from those who answered to turn a conclusion round."),
        "Rubin (1977), JASA 72(359)",
    ),
    Term(
        "answers_needed",
        _("Answers needed"),
        _("Answers in each of two periods that show a change of a given size in 80 of 100 cases."),
        "Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4",
    ),
    Term(
        "cost_to_serve",
        _("Cost to serve"),
        _("What serving a customer costs in a year; the margin is the revenue less this cost."),
    ),
    Term(
        "hidden",
        _("Hidden number"),
        _("A number of a small group, or one from which it could be computed with the totals."),
        "Cox (1980), JASA 75(370); Willenborg & de Waal (2001), Elements of Statistical Disclosure Control",
    ),
)  # fmt: skip


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
