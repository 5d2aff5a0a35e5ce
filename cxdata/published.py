"""What a release holds: the grain of every published table, and what each of its columns means.

Columns that a table shares with the contract keep the contract's meaning; only what the refresh adds
is explained here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cxdata.contract import TABLE_NAMES, TABLES
from cxdata.errors import UnknownTerm
from cxdata.language import mark as _

Group = Literal["facts", "marts", "personal"]


@dataclass(frozen=True)
class Published:
    """A table of a release.

    Parameters
    ----------
    name : str
        As in the DuckDB file.
    group : {"facts", "marts", "personal"}
        Typed tables and marts lie in `scorecard.duckdb`, personal ones in `personal.duckdb`.
    grain : str
        "One row per …", translatable.
    like : tuple of str
        Contract tables that its columns come from, in the order in which their meanings are looked up.
    columns : tuple of str
        Only for personal tables, which the dictionary describes without opening them.
    """

    name: str
    group: Group
    grain: str
    like: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


_OWN_GRAINS = {
    "questions": _("One row per survey question and scale; a later scale is a question of its own."),
    "customers": _("One row per customer and stretch of time in which its attributes held."),
}

PUBLISHED: tuple[Published, ...] = (
    *(
        Published(table.name, "facts", _OWN_GRAINS.get(table.name, table.grain), (table.name,))
        for table in TABLES
    ),
    Published(
        "profiles",
        "facts",
        _(
            "One row per combination of segment, region, plan and persona; 0 is the one where nothing is stated."
        ),
        ("customers",),
    ),
    Published(
        "monthly_scores",
        "marts",
        _("One row per cut, month, question, touchpoint, channel, customer dimensions of the cut and score."),
        ("answers", "surveys"),
    ),
    Published(
        "monthly_invitations",
        "marts",
        _("One row per cut, month of sending, touchpoint, channel and customer dimensions of the cut."),
        ("surveys",),
    ),
    Published(
        "monthly_interactions",
        "marts",
        _("One row per cut, month, touchpoint, channel and customer dimensions of the cut."),
        ("interactions",),
    ),
    Published(
        "monthly_renewals",
        "marts",
        _("One row per cut, month in which terms came up, product and customer dimensions of the cut."),
        ("subscriptions",),
    ),
    Published(
        "monthly_team_scores",
        "marts",
        _(
            "One row per cut, team, month of the contact, question, touchpoint, channel and customer dimensions of the cut."
        ),
        ("interactions", "answers", "surveys"),
    ),
    Published(
        "monthly_disconnections",
        "marts",
        _("One row per cut, month, touchpoint, kind of disconnection and customer dimensions of the cut."),
        ("interactions", "touchpoints"),
    ),
    Published(
        "renewal_contacts",
        "marts",
        _("One row per decided term and touchpoint that its customer met before the decision."),
        ("subscriptions", "interactions"),
    ),
    Published(
        "renewal_paths",
        "marts",
        _("One row per decided term with the touchpoints of the last four contacts before the decision."),
        ("subscriptions", "interactions"),
    ),
    Published(
        "renewal_observations",
        "marts",
        _("One row per decided term, with what was known of its customer a lead time before the decision."),
        ("subscriptions",),
    ),
    Published(
        "renewal_ratings",
        "marts",
        _("One row per decided term, question and touchpoint that its customer was asked about before."),
        ("subscriptions", "answers", "surveys"),
    ),
    Published(
        "restatements",
        "marts",
        _("One row per closed month, question and score whose count the release changed."),
        ("answers",),
    ),
    Published(
        "customers",
        "personal",
        _("One row per customer, under the name of its newest row."),
        ("customers",),
        ("customer", "customer_id", "name"),
    ),
    Published(
        "comments",
        "personal",
        _("One row per answer with a comment."),
        ("answers",),
        ("survey_id", "question", "comment"),
    ),
    Published(
        "quarantine",
        "personal",
        _("One row per record and rule that it breaks."),
        (),
        ("run", "file", "record", "table_name", "column_name", "value", "reason", "rule"),
    ),
)

LONG_WAIT = 0.9
"""Share of the contacts at a touchpoint that wait less than what counts as a long wait there."""

_MONTH_DUE = _("First day of the month in which the term comes up for renewal.")
_CUT_ONLY = _("As it was at the time of the event; '' = not stated, blank where the cut leaves it out.")

COLUMN_MEANINGS: dict[str, str] = {
    # What the refresh adds to many tables.
    "customer": _("Customer, as a keyed hash of the id; blank: not known."),
    "profile": _("Segment, region, plan and persona at the time of the event, as in the table profiles."),
    "month": _("First day of the month, cut on the company's clock."),
    "file": _("Number of the export file, in the order of the manifest, from 0."),
    "record": _("Record within its file; 1 is the first below the header."),
    "touchpoint": _("Touchpoint; '' = not stated."),
    "channel": _("Channel; '' = not stated."),
    "product": _("Product; '' = not stated."),
    # Typed tables.
    "customers.valid_from": _("Day from which this row's attributes hold; the first row holds from the beginning."),
    "customers.profile": _("Segment, region, plan and persona in that time, as in the table profiles."),
    "customers.valid_to": _("Day from which they hold no longer."),
    "questions.question": _("Question and scale: a later scale carries its date after an @."),
    "questions.asked_as": _("Question as the exports name it."),
    "questions.holds_from": _("First day on which answers are read on this scale."),
    "questions.holds_to": _("Day from which they are read on the next one."),
    "questions.favourable_from": _("Score at which answers become favourable, as declared or the best two."),
    "surveys.sent_month": _("Month of the invitation: its first day, on the company's clock."),
    "surveys.month": _("Month of the answer, else of the invitation: its first day, on the company's clock."),
    "answers.question": _("Question and scale, as in the table questions."),
    "answers.touchpoint": _("Touchpoint of the question, else of the survey; '' = not stated."),
    "answers.channel": _("Channel of the survey; '' = not stated."),
    "answers.weight": _("Weight of the survey; blank: 1."),
    "answers.answered_at": _("When the survey was answered, else when it was sent; UTC."),
    "answers.state": _("Whether the question was rated, and if not, why."),
    "subscriptions.month": _MONTH_DUE,
    "revenue.month": _("First day of the month."),
    "employee_pulse.month": _("First day of the month."),
    "profiles.profile": _("Number of the combination."),
    # Marts.
    "marts.cut": _(
        "Customer dimensions that the row is broken down by: none, segment, region, plan, persona; all in the "
        "renewals."
    ),
    "marts.segment": _CUT_ONLY,
    "marts.region": _CUT_ONLY,
    "marts.plan": _CUT_ONLY,
    "marts.persona": _CUT_ONLY,
    "marts.question": _("Question and scale, as in the table questions."),
    "monthly_scores.answers": _("Rated answers."),
    "monthly_scores.weight_sum": _("Sum of their weights; an answer without one weighs 1."),
    "monthly_scores.weight_sq_sum": _("Sum of the squared weights."),
    "monthly_invitations.month": _("First day of the month in which the invitations were sent."),
    "monthly_invitations.invited": _("Invitations sent."),
    "monthly_invitations.responded": _("Invitations among them that were answered, whenever that was."),
    "monthly_interactions.contacts": _("Contacts."),
    "monthly_interactions.complaint_known": _("Contacts for which it is known whether they were complaints."),
    "monthly_interactions.complaints": _("Contacts that were complaints."),
    "monthly_interactions.resolved_known": _("Contacts for which it is known whether the matter was settled."),
    "monthly_interactions.resolved": _("Contacts among them that settled the matter."),
    "monthly_interactions.wait_known": _("Contacts with a waiting time."),
    "monthly_interactions.wait_sum": _("Sum of the waiting times, in minutes."),
    "monthly_interactions.wait_sq_sum": _("Sum of the squared waiting times."),
    "monthly_interactions.handling_known": _("Contacts with a handling time."),
    "monthly_interactions.handling_sum": _("Sum of the handling times, in minutes."),
    "monthly_interactions.cost_known": _("Contacts with a cost."),
    "monthly_interactions.cost_sum": _("Sum of the costs, in the company's currency."),
    "monthly_renewals.month": _MONTH_DUE,
    "monthly_renewals.due": _("Terms that came up for renewal."),
    "monthly_renewals.renewed": _("Terms that were renewed."),
    "monthly_renewals.churned": _("Terms that were lost."),
    "monthly_renewals.open_terms": _("Terms that are not decided yet."),
    "monthly_renewals.valued": _("Decided terms with an annual value; the sums below are theirs."),
    "monthly_renewals.value_due": _("Sum of the annual values that came up."),
    "monthly_renewals.value_kept": _("Sum of what stayed of them: at most the old value, nothing of lost terms."),
    "monthly_renewals.value_next": _("Sum of the annual values of the terms that followed."),
    "monthly_renewals.value_due_sq": _("Sum of the squares of the values that came up."),
    "monthly_renewals.value_kept_sq": _("Sum of the squares of what stayed."),
    "monthly_renewals.value_next_sq": _("Sum of the squares of the values that followed."),
    "monthly_renewals.value_due_kept": _("Sum of value that came up × what stayed."),
    "monthly_renewals.value_due_next": _("Sum of value that came up × value that followed."),
    "monthly_renewals.unknown_next": _("Renewed terms whose following term is not exported; taken as unchanged."),
    "monthly_team_scores.month": _("First day of the month of the contact."),
    "monthly_team_scores.team": _("Team that handled the contact, among those whose employees were asked."),
    "monthly_team_scores.answers": _("Rated answers about contacts of the team."),
    "monthly_team_scores.score_sum": _("Sum of their scores."),
    "monthly_disconnections.kind": _(
        "repeated_7, repeated_30: again at the touchpoint within so many days; switched_7: on another channel within "
        "a stage; returned_7: back after a settled matter; back_7, back_30: back within so many days."
    ),
    "monthly_disconnections.customers": _("Customers at a touchpoint in a month with contacts that count."),
    "monthly_disconnections.base": _("Contacts that count."),
    "monthly_disconnections.events": _("Contacts among them of that kind."),
    "monthly_disconnections.base_sq": _("Sum over those customers of their squared contacts."),
    "monthly_disconnections.base_events": _("Sum over those customers of contacts × events."),
    "monthly_disconnections.events_sq": _("Sum over those customers of their squared events."),
    "renewal_contacts.contacts": _("Contacts from known_from to known_to."),
    "renewal_contacts.complaints": _("Contacts among them that were complaints."),
    "renewal_contacts.unresolved": _("Contacts among them that did not settle the matter."),
    "renewal_contacts.long_waits": _("Contacts among them that waited longer than nine in ten at the touchpoint."),
    "renewal_contacts.repeat_contacts_7_days": _("Contacts within 7 days of another about the same touchpoint."),
    "renewal_contacts.channel_switches_7_days": _(
        "Contacts within 7 days of another in the same stage on a different channel."
    ),
    "renewal_contacts.wait_minutes": _("Time the customer waited, all contacts together."),
    "renewal_contacts.longest_wait_minutes": _("Longest single wait."),
    "renewal_contacts.last_contact_on": _("Day of the last contact before the decision; blank: none."),
    "renewal_paths.last_1": _("Touchpoint of the last contact before the decision."),
    "renewal_paths.last_2": _("Touchpoint of the contact before it; blank: none."),
    "renewal_paths.last_3": _("Touchpoint of the contact before it; blank: none."),
    "renewal_paths.last_4": _("Touchpoint of the contact before it; blank: none."),
    "renewal_observations.month": _MONTH_DUE,
    "renewal_observations.known_from": _("First day that is looked at."),
    "renewal_observations.known_to": _("Day from which nothing is looked at: the lead time before the decision."),
    "renewal_observations.tenure_days": _("Days from the customer's first term to the day this one is due."),
    "renewal_observations.contacts": _("Contacts from known_from to known_to."),
    "renewal_observations.complaints": _("Contacts among them that were complaints."),
    "renewal_observations.unresolved": _("Contacts among them that did not settle the matter."),
    "renewal_observations.repeat_contacts_7_days": _("Contacts within 7 days of another about the same touchpoint."),
    "renewal_observations.channel_switches_7_days": _(
        "Contacts within 7 days of another in the same stage on a different channel."
    ),
    "renewal_observations.wait_minutes": _("Time the customer waited, all contacts together."),
    "renewal_observations.longest_wait_minutes": _("Longest single wait."),
    "renewal_observations.last_contact_on": _("Day of the last contact before the decision; blank: none."),
    "renewal_ratings.score": _("Last score before the decision; blank: never rated."),
    "renewal_ratings.state": _("Rated, or the last reason why not."),
    "renewal_ratings.answered_on": _("Day of that answer."),
    "renewal_ratings.ratings": _("How often the question was rated in that time."),
    "restatements.answers_before": _("Rated answers in the release before."),
    "restatements.answers_after": _("Rated answers in this release."),
    # Personal tables.
    "quarantine.run": _("Release that the record was kept out of."),
    "quarantine.file": _("Export file."),
    "quarantine.table_name": _("Contract table that the record was meant for."),
    "quarantine.column_name": _("Column with the value; blank: the whole line."),
    "quarantine.value": _("The value as exported, or the whole line."),
    "quarantine.reason": _("Code of the rule that is broken."),
    "quarantine.rule": _("The rule in words."),
}  # fmt: skip
"""Meaning of a published column, by ``table.column``, ``group.column`` or ``column``, the first that is found."""


def published(name: str, group: Group | None = None) -> Published:
    """The published table of that name.

    Raises
    ------
    UnknownTerm
        If a release holds no such table; the message lists those there are.
    """
    for table in PUBLISHED:
        if table.name == name and group in (None, table.group):
            return table
    known = ", ".join(dict.fromkeys(table.name for table in PUBLISHED))
    raise UnknownTerm(f"'{name}' is not a table of a release. Choose from: {known}.")


def column_meaning(table: Published, column: str) -> str:
    """What a column of a published table means, translatable.

    Raises
    ------
    UnknownTerm
        If neither this module nor the contract explains it.
    """
    own = (f"{table.name}.{column}", f"{table.group}.{column}")
    for key in own:
        if key in COLUMN_MEANINGS:
            return COLUMN_MEANINGS[key]
    contract = {
        entry.name: entry.meaning
        for name in reversed(table.like)
        for entry in TABLES[TABLE_NAMES.index(name)].columns
    }
    if table.group == "marts" and column in COLUMN_MEANINGS:
        return COLUMN_MEANINGS[column]
    if column in contract:
        return contract[column]
    if column in COLUMN_MEANINGS:
        return COLUMN_MEANINGS[column]
    raise UnknownTerm(f"the column {table.name}.{column} is not explained. Add it to cxdata/published.py.")
