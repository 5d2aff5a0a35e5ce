"""Checks and broken rules in words that can be translated; the codes are those of the manifest."""

from __future__ import annotations

from cxdata.contract import TABLES, table
from cxdata.errors import UnknownTerm
from cxdata.language import gettext
from cxdata.language import mark as _
from cxdata.schema import UNIT_LABELS, Column

CHECKS: dict[str, str] = {
    "cuts_of_scores_agree": _("Every cut of monthly_scores adds up to the same answers per month and question."),
    "scores_match_answers": _("The mart holds every rated answer once."),
    "scores_on_scale": _("No score lies off the scale of its question."),
    "cuts_of_invitations_agree": _("Every cut of monthly_invitations adds up to the invitations sent, and no more "
                                   "answers than invitations."),
    "cuts_of_interactions_agree": _("Every cut of monthly_interactions adds up to the contacts."),
    "cuts_of_renewals_agree": _("Every cut of monthly_renewals adds up to the terms, and each term has one outcome."),
    "retention_is_bounded": _("What is kept never exceeds what was due: gross retention is at most 1."),
    "no_nan_in_sums": _("Sums are numbers."),
    "one_row_per_customer_and_day": _("Customer periods do not overlap."),
    "observations_match_decisions": _("One observation per decided term, known before its decision."),
    "contacts_match_observations": _("What was met before a decision, by touchpoint, adds up to what "
                                     "renewal_observations says."),
    "cuts_of_disconnections_agree": _("Every cut of monthly_disconnections adds up to the same contacts and events."),
    "cuts_of_team_scores_agree": _("Every cut of monthly_team_scores adds up to the same answers and scores."),
}  # fmt: skip
"""The promises of `sql/checks.sql`, in the words of its comments."""

RULES: dict[str, str] = {
    "not_integer": _("the value is a whole number"),
    "not_number": _("the value is a number"),
    "not_boolean": _("the value is true or false"),
    "not_date": _("the value is a date (YYYY-MM-DD), without a time"),
    "not_timestamp": _("the value is a time (YYYY-MM-DDTHH:MM:SS) that the clock knows"),
    "skipped_hour": _("the hour is one that the clock did not skip"),
    "not_month": _("the value is a month (YYYY-MM, or its first day)"),
    "missing": _("a required value is not blank"),
    "repeated_header": _("the header stands once, at the top"),
    "total_row": _("an export has no row of totals"),
    "not_allowed": _("the value is one of those allowed"),
    "too_low": _("the value is not below the smallest allowed"),
    "too_high": _("the value is not above the largest allowed"),
    "in_the_future": _("the time is not after the day of the data"),
    "conflicting_key": _("a key identifies one row; these rows share it and differ in content"),
    "unknown_reference": _("what the value refers to is in its table"),
    "off_scale": _("the score lies on the scale of its question"),
    "malformed": _("the line has as many fields as the header, and closes its quotation marks"),
}
"""Rules that hold for single values and lines; those across columns are in the contract."""


def check_text(code: str) -> str:
    """What a check promises; a check of another version is shown by its name."""
    return gettext(CHECKS[code]) if code in CHECKS else code


def rule_text(code: str, table_name: str = "", column_name: str = "") -> str:
    """The rule behind a reason of the quarantine; its code where it is not known.

    Parameters
    ----------
    code : str
        Reason, as in the manifest.
    table_name, column_name : str
        Where they are known, what the contract allows there is added.
    """
    rules = {rule.name: rule.meaning for entry in TABLES for rule in entry.rules}
    if code in rules:
        return gettext(rules[code])
    if code not in RULES:
        return code
    text = gettext(RULES[code])
    allowed = _allowed(code, table_name, column_name)
    return f"{text}: {allowed}" if allowed else text


def _allowed(code: str, table_name: str, column_name: str) -> str:
    try:
        column = table(table_name).column(column_name)
    except UnknownTerm:
        return ""
    return {
        "not_allowed": ", ".join(column.choices),
        "too_low": _bound(column.minimum, column),
        "too_high": _bound(column.maximum, column),
        "unknown_reference": column.references or "",
    }.get(code, "")


def _bound(value: float | str | None, column: Column) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else f"{value:g}"
    return f"{text} {gettext(UNIT_LABELS[column.unit])}" if column.unit and column.unit != "money" else text
