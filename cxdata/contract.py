"""The contract: which tables and columns may come in, declared once.

The validation SQL, the DDL of the published files, the data dictionary and the CSV templates are all
generated from `TABLES`; nothing else in the project repeats a column's type, range or meaning.
"""

from __future__ import annotations

from cxdata.errors import UnknownTerm
from cxdata.language import mark as _
from cxdata.schema import Column, Rule, Table

FIRST_DATE = "1950-01-01"
"""Earlier dates are taken for placeholders (1900-01-01 and the like), not for dates."""


# One column a line reads like the table that it is.
# fmt: off
def _dimension(name: str, meaning: str) -> Column:
    return Column(name, "code", meaning)


_CUSTOMER = Column(
    "customer_id",
    "id",
    _("Customer, as in the table customers."),
    required=True,
    references="customers",
    on_missing="keep",
    personal=True,
)
_TOUCHPOINT = Column(
    "touchpoint", "code", _("Touchpoint, as in the table touchpoints where that is given."), references="touchpoints"
)
_METRICS = ("nps", "csat", "ces", "rating", "expectation", "enps")
_TARGET_METRICS = (*_METRICS, "renewal_rate", "churn_rate", "gross_retention", "net_retention", "response_rate")

TABLES: tuple[Table, ...] = (
    Table(
        "customers",
        _("One row per customer, or per customer and date from which its attributes hold."),
        (
            Column("customer_id", "id", _("Customer."), required=True, key=True, personal=True),
            Column("valid_from", "date", _("Day from which this row's attributes hold; blank: always."), key=True,
                   minimum=FIRST_DATE),
            Column("name", "text", _("Name, shown to roles that may see personal data."), personal=True),
            _dimension("segment", _("Segment of the customer.")),
            _dimension("region", _("Region of the customer.")),
            _dimension("plan", _("Plan or contract type.")),
            _dimension("persona", _("Persona of the customer.")),
            _dimension("language", _("Language of the customer.")),
            Column("acquired_on", "date", _("Day of the first contract or purchase."), minimum=FIRST_DATE,
                   maximum="as_of"),
            _dimension("acquisition_channel", _("Channel through which the customer came.")),
            Column("acquisition_cost", "number", _("Cost of winning the customer."), minimum=0, unit="money"),
        ),
        required=True,
    ),
    Table(
        "touchpoints",
        _("One row per touchpoint of the journey."),
        (
            Column("touchpoint", "code", _("Touchpoint."), required=True, key=True),
            _dimension("stage", _("Stage of the journey.")),
            Column("stage_order", "integer", _("Position of the stage in the journey."), minimum=0),
            Column("factor", "code", _("What is experienced there."), choices=("product", "interaction", "brand")),
            Column("owner", "text", _("Team or person that answers for it.")),
            Column("moment_of_truth", "boolean", _("Declared a moment of truth by the team."), default="false"),
            Column("description", "text", _("What happens there.")),
        ),
    ),
    Table(
        "questions",
        _("One row per survey question, or per question and date from which its scale holds."),
        (
            Column("question", "code", _("Question."), required=True, key=True),
            Column("metric", "code", _("What the question measures."), required=True, choices=_METRICS),
            Column("label", "text", _("Wording shown to readers.")),
            _TOUCHPOINT,
            Column("scale_min", "integer", _("Lowest score of the scale."), required=True, minimum=-100),
            Column("scale_max", "integer", _("Highest score of the scale."), required=True, maximum=100),
            Column("higher_is_better", "boolean", _("Whether a higher score is better."), default="true"),
            Column("favourable_from", "integer", _("Score at which the favourable side of the scale begins; blank: the two best scores.")),
            Column("valid_from", "date", _("Day from which this scale holds; blank: always."), key=True,
                   minimum=FIRST_DATE),
            Column("factor", "code", _("Factor that the question is about."),
                   choices=("product", "interaction", "brand")),
        ),
        required=True,
        rules=(
            Rule("scale_order", "scale_max", "scale_max <= scale_min", _("scale_max is above scale_min")),
            Rule("nps_scale", "scale_max", "metric in ('nps', 'enps') and (scale_min <> 0 or scale_max <> 10)",
                 _("NPS is asked on a scale of 0 to 10")),
            Rule("favourable_on_scale", "favourable_from",
                 "favourable_from < scale_min or favourable_from > scale_max",
                 _("favourable_from lies on the scale")),
        ),
    ),
    Table(
        "surveys",
        _("One row per invitation to a survey."),
        (
            Column("survey_id", "id", _("Invitation."), required=True, key=True),
            Column("customer_id", "id", _("Customer who was asked; blank: anonymous."), references="customers",
                   on_missing="keep", personal=True),
            Column("interaction_id", "id", _("Contact that the survey asks about.")),
            _TOUCHPOINT,
            _dimension("channel", _("Channel of the contact that the survey asks about.")),
            Column("sent_at", "timestamp", _("When the invitation was sent."), minimum=FIRST_DATE, maximum="as_of"),
            Column("responded_at", "timestamp", _("When it was answered; blank: not answered."),
                   minimum=FIRST_DATE, maximum="as_of"),
            _dimension("language", _("Language of the survey.")),
            Column("weight", "number", _("Weight of the answers; blank: 1."), minimum=0),
        ),
        required=True,
        rules=(
            Rule("no_date", "sent_at", "sent_at is null and responded_at is null",
                 _("a survey has sent_at, responded_at or both")),
            Rule("responded_before_sent", "responded_at", "responded_at < sent_at",
                 _("responded_at is not before sent_at")),
        ),
        dated_by="coalesce(responded_at, sent_at)",
        sorted_by="coalesce(responded_at, sent_at)",
    ),
    Table(
        "answers",
        _("One row per question of a survey."),
        (
            Column("survey_id", "id", _("Invitation that was answered."), required=True, key=True,
                   references="surveys"),
            Column("question", "code", _("Question that was answered."), required=True, key=True,
                   references="questions"),
            Column("score", "integer", _("Score given, a whole number on the question's scale.")),
            Column("state", "code", _("Whether the question was rated, and if not, why; blank: from the score."),
                   choices=("rated", "not_experienced", "not_asked", "refused")),
            Column("comment", "text", _("What the customer wrote."), personal=True),
        ),
        required=True,
        rules=(
            Rule("rated_without_score", "score", "state = 'rated' and score is null",
                 _("an answer in state rated has a score")),
            Rule("score_without_rating", "score", "state <> 'rated' and score is not null",
                 _("only an answer in state rated has a score")),
        ),
        sorted_by="answered_at",
    ),
    Table(
        "interactions",
        _("One row per contact between customer and company."),
        (
            Column("interaction_id", "id", _("Contact."), required=True, key=True),
            _CUSTOMER,
            Column("occurred_at", "timestamp", _("When it took place."), required=True, minimum=FIRST_DATE,
                   maximum="as_of"),
            Column("touchpoint", "code", _("Touchpoint, as in the table touchpoints where that is given."),
                   required=True, references="touchpoints"),
            _dimension("channel", _("Channel of the contact.")),
            Column("wait_minutes", "number", _("Time the customer waited."), minimum=0, maximum=1e6, unit="minutes"),
            Column("handling_minutes", "number", _("Time the company worked on it."), minimum=0, maximum=1e6,
                   unit="minutes"),
            Column("resolved", "boolean", _("Whether the matter was settled.")),
            Column("is_complaint", "boolean", _("Whether the customer complained.")),
            Column("team", "code", _("Team that handled it.")),
            Column("cost", "number", _("Cost of the contact."), minimum=0, unit="money"),
        ),
        dated_by="occurred_at",
        sorted_by="occurred_at",
    ),
    Table(
        "subscriptions",
        _("One row per term of a subscription."),
        (
            Column("subscription_id", "id", _("Subscription."), required=True, key=True),
            Column("term", "integer", _("Number of the term."), required=True, key=True, minimum=0),
            _CUSTOMER,
            Column("started_on", "date", _("First day of the term."), required=True, minimum=FIRST_DATE),
            Column("due_on", "date", _("Day on which the term comes up for renewal."), required=True,
                   minimum=FIRST_DATE),
            Column("outcome", "code", _("What became of the term."), required=True,
                   choices=("renewed", "churned", "open")),
            Column("decided_on", "date", _("Day of the decision."), minimum=FIRST_DATE, maximum="as_of"),
            Column("annual_value", "number", _("Revenue of the term, per year."), minimum=0, unit="money"),
            Column("annual_margin", "number", _("Margin of the term, per year; may be negative."), unit="money"),
            _dimension("product", _("Product subscribed to.")),
        ),
        rules=(
            Rule("due_before_start", "due_on", "due_on <= started_on", _("due_on is after started_on")),
            Rule("decided_before_start", "decided_on", "decided_on < started_on",
                 _("decided_on is not before started_on")),
            Rule("margin_above_value", "annual_margin", "annual_margin > annual_value",
                 _("annual_margin is not above annual_value")),
        ),
        dated_by="case when outcome <> 'open' then due_on end",
        sorted_by="due_on",
    ),
    Table(
        "revenue",
        _("One row per customer, month and product."),
        (
            Column("customer_id", "id", _("Customer, as in the table customers."), required=True, key=True,
                   references="customers", on_missing="keep", personal=True),
            Column("month", "month", _("Month, as its first day or as YYYY-MM."), required=True, key=True,
                   minimum=FIRST_DATE, maximum="as_of"),
            Column("revenue", "number", _("Revenue of the month; refunds are negative."), required=True,
                   unit="money"),
            Column("cost_to_serve", "number", _("Cost of serving the customer in the month."), unit="money"),
            Column("product", "code", _("Product that the revenue belongs to."), key=True),
        ),
        dated_by="month",
        sorted_by="month",
    ),
    Table(
        "targets",
        _("One row per metric, scope and date from which the target holds."),
        (
            Column("metric", "code", _("Metric."), required=True, key=True, choices=_TARGET_METRICS),
            Column("touchpoint", "code", _("Touchpoint; blank: all."), key=True, references="touchpoints"),
            Column("segment", "code", _("Segment; blank: all."), key=True),
            Column("valid_from", "date", _("Day from which the target holds."), required=True, key=True,
                   minimum=FIRST_DATE),
            Column("target", "number", _("Target: NPS in points, rates and shares between 0 and 1, means in scale "
                                         "points."), required=True),
        ),
        rules=(
            Rule("rate_target", "target",
                 "(metric like '%_rate' or metric like '%_retention') and (target < 0 or target > 2)",
                 _("the target of a rate is a fraction such as 0.85")),
            Rule("nps_target", "target", "metric in ('nps', 'enps') and (target < -100 or target > 100)",
                 _("an NPS target lies between -100 and 100")),
        ),
    ),
    Table(
        "actions",
        _("One row per improvement action."),
        (
            Column("action_id", "id", _("Action."), required=True, key=True),
            Column("title", "text", _("What is done."), required=True),
            _TOUCHPOINT,
            _dimension("segment", _("Segment that the action is for; blank: all.")),
            Column("owner", "text", _("Who answers for it.")),
            Column("started_on", "date", _("First day of the action."), required=True, minimum=FIRST_DATE),
            Column("due_on", "date", _("Day by which it is to be finished."), minimum=FIRST_DATE),
            Column("finished_on", "date", _("Day on which it was finished."), minimum=FIRST_DATE, maximum="as_of"),
            Column("status", "code", _("Where the action stands.")),
            Column("cost", "number", _("Cost of the action."), minimum=0, unit="money"),
            Column("metric", "code", _("Metric that it is meant to move."), choices=_TARGET_METRICS),
            Column("expected_change", "number", _("Change that is expected of it, in the metric's unit.")),
        ),
        rules=(
            Rule("finished_before_start", "finished_on", "finished_on < started_on",
                 _("finished_on is not before started_on")),
        ),
    ),
    Table(
        "employee_pulse",
        _("One row per team, month and question."),
        (
            Column("team", "code", _("Team."), required=True, key=True),
            Column("month", "month", _("Month, as its first day or as YYYY-MM."), required=True, key=True,
                   minimum=FIRST_DATE, maximum="as_of"),
            Column("question", "code", _("Question."), required=True, key=True),
            Column("answers", "integer", _("Number of answers."), required=True, minimum=0),
            Column("score_sum", "number", _("Sum of the scores."), required=True),
            Column("score_sq_sum", "number", _("Sum of the squared scores."), required=True, minimum=0),
        ),
        dated_by="month",
    ),
)

# fmt: on

TABLE_NAMES = tuple(table.name for table in TABLES)


def table(name: str) -> Table:
    """The contract table of that name.

    Raises
    ------
    UnknownTerm
        If there is none; the message lists the tables.
    """
    for candidate in TABLES:
        if candidate.name == name:
            return candidate
    raise UnknownTerm(f"'{name}' is not a contract table. Choose from: {', '.join(TABLE_NAMES)}.")
