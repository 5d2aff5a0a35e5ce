"""What is true about the demo company, in numbers: the key to check an analysis against, written as truth.json.

Measured figures are those of the company before the dirty records came in; these are too few to move them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import planted
from .company import Company
from .customers import segment_on
from .days import AS_OF, MONTHS, TIME_ZONE, date_text, day_of, first_day_of, month_number, month_of
from .experience import in_call_back, on_scale
from .export import Export
from .questions import QUESTION_CODES
from .records import Codes, Flags, Numbers
from .register import ACTIONS, BOOKLET_ACTION, CALL_BACK_ACTION
from .renewal import probability
from .spoiling import DUPLICATE, QUARANTINED, UNMATCHED, DirtyRecord
from .story_truth import the_story
from .subscriptions import OPEN, RENEWED
from .world import CURRENCY, DELIVERY, SEGMENTS, SUPPORT_CALL

Facts = dict[str, Any]


def the_truth(company: Company, exports: dict[str, Export], dirty: list[DirtyRecord]) -> Facts:
    """Everything that was planted, with its size; `exports` and `dirty` as written to disk."""
    return {
        "company": "Rueda, a fictional shop for bicycles with a service subscription",
        "as_of": date_text(AS_OF),
        "time_zone": TIME_ZONE,
        "currency": CURRENCY,
        "seed": company.seed,
        "units": {
            "nps": "points, -100 to 100",
            "csat": "share of favourable answers, 0 to 1",
            "ces": "mean on the scale of 1 to 7",
            "rates": "fractions, 0 to 1",
            "money": "EUR",
        },
        "counts": _counts(exports, dirty),
        "renewal": _renewal(company),
        "incident": _incident(company),
        "mix": _mix(company),
        "loss_making_segment": _loss(company),
        "actions": _actions(company),
        "question_change": _question_change(),
        "story": the_story(company),
        "dirty_records": [vars(record) for record in dirty],
    }


def _counts(exports: dict[str, Export], dirty: list[DirtyRecord]) -> Facts:
    def fated(table: str, fate: str) -> int:
        return sum(record.table == table and record.fate == fate for record in dirty)

    return {
        f"{table}.csv": {
            "records": len(export.records),
            "quarantined": fated(table, QUARANTINED),
            "duplicates": fated(table, DUPLICATE),
            "loaded": len(export.records) - fated(table, QUARANTINED) - fated(table, DUPLICATE),
            "loaded_unmatched": fated(table, UNMATCHED),
        }
        for table, export in exports.items()
    }


def _renewal(company: Company) -> Facts:
    decided = np.flatnonzero(company.subscriptions.outcome != OPEN)
    known = company.known.only(decided)
    log_odds = known.log_odds()
    share = float((company.subscriptions.outcome[decided] == RENEWED).mean())
    slope = float((probability(log_odds) * (1 - probability(log_odds))).mean())
    drivers = {}
    for name, values in known.drivers.items():
        effect = planted.RENEWAL_DRIVERS[name]
        if name in _BINARY:
            chosen = known.had_delivery if name.startswith("delivery") else np.full(len(values), True)
            # A delivery is compared with an unremarkable one (3 or 4); whatever this one was is taken out first.
            base = log_odds - sum(
                planted.RENEWAL_DRIVERS[other] * known.drivers[other]
                for other in known.drivers
                if other == name or (name.startswith("delivery") and other.startswith("delivery"))
            )
            change = (probability(base + effect) - probability(base))[chosen].mean()
        else:
            change = effect * slope
        drivers[name] = {
            "meaning": _DRIVER_MEANINGS[name],
            "log_odds": effect,
            "average_marginal_effect_percentage_points": _rounded(100 * change, 2),
            "mean": _rounded(values.mean(), 3),
        }
    return {
        "sentence": "Whether a customer renews follows from what she lived through during the 365 days that end 30 "
        "days before the decision, and from nothing else. A bad delivery weighs twice as much as a good one; the "
        "rating of the app, though it goes with renewal, decides nothing.",
        "model": "log-odds of a renewal = intercept + the drivers + the controls",
        "lead_days": planted.LEAD_DAYS,
        "look_back_days": planted.LOOK_BACK_DAYS,
        "window": "decided_on - lead_days - look_back_days <= day < decided_on - lead_days",
        "unasked": "A rating that nobody asked for counts as the score that would have been given.",
        "decisions": len(decided),
        "renewal_rate": _rounded(share, 4),
        "intercept": planted.RENEWAL_INTERCEPT,
        "drivers": drivers,
        "controls": planted.RENEWAL_CONTROLS,
        "reference": "segment Commuter, plan Basic, yearly product",
        "asymmetric": ["delivery_bad", "delivery_good"],
        "without_effect": ["app_rating"],
    }


def _incident(company: Company) -> Facts:
    contacts, month = company.contacts, planted.STRIKE_MONTH
    contact_month = month_of(day_of(contacts.occurred_at))
    deliveries, calls = contacts.touchpoint == DELIVERY, contacts.touchpoint == SUPPORT_CALL
    score, answer_month = _rated(company, "csat_delivery")

    def before_and_in(values: np.ndarray, months: Codes, digits: int) -> Facts:
        earlier = (months >= month - 3) & (months < month)
        return {
            "three_months_before": _rounded(values[earlier].mean(), digits),
            "in_the_month": _rounded(values[months == month].mean(), digits),
        }

    return {
        "sentence": "In March 2026 a strike of the carriers spoils the deliveries of that month, and the telephone "
        "is busy with it.",
        "month": "2026-03-01",
        "touchpoint": "delivery",
        "planted": {
            "delivery_satisfaction_points": planted.STRIKE_DELIVERY_SHIFT,
            "complaint_share_added": planted.STRIKE_COMPLAINT_SHARE,
            "call_wait_factor": planted.STRIKE_CALL_WAIT_FACTOR,
        },
        "measured": {
            "mean_csat_of_answers": before_and_in(score, answer_month, 2),
            "favourable_share_of_answers": before_and_in(score >= 4, answer_month, 3),
            "complaint_share_of_deliveries": before_and_in(
                contacts.is_complaint[deliveries], contact_month[deliveries], 3
            ),
            "mean_call_wait_minutes": before_and_in(contacts.wait_minutes[calls], contact_month[calls], 1),
        },
    }


def _mix(company: Company) -> Facts:
    score, month = _rated(company, "nps_relationship")
    segment = _segments_of_rated(company, "nps_relationship")
    before = (month >= planted.MIX_MONTH - 6) & (month < planted.MIX_MONTH)
    after = month >= planted.MIX_MONTH

    def shares(chosen: Flags) -> Numbers:
        return np.bincount(segment[chosen], minlength=len(SEGMENTS)) / chosen.sum()

    nps = np.array([_nps(score[segment == code]) for code in range(len(SEGMENTS))])
    effect = float(((shares(after) - shares(before)) * nps).sum())
    return {
        "sentence": "From June 2026 on students, who score low, get several times as many relationship surveys: "
        "NPS falls although nobody scores differently.",
        "from_month": "2026-06-01",
        "question": "nps_relationship",
        "segment": SEGMENTS[planted.MIX_SEGMENT],
        "invitation_factor": planted.MIX_INVITATION_FACTOR,
        "compared": "2026-06 to 2026-11 against 2025-12 to 2026-05, by month of the answer",
        "answer_shares_before": _by_segment(shares(before), 3),
        "answer_shares_after": _by_segment(shares(after), 3),
        "nps_of_36_months": _by_segment(nps, 1),
        "expected_mix_effect_nps_points": _rounded(effect, 1),
        "measured_nps_before": _rounded(_nps(score[before]), 1),
        "measured_nps_after": _rounded(_nps(score[after]), 1),
    }


def _loss(company: Company) -> Facts:
    revenue = company.revenue
    segment = segment_on(company.customers, revenue.customer, first_day_of(revenue.month))
    margin_eur = (revenue.revenue_cents - revenue.cost_cents) / 100

    def totals(first_month: int, end_month: int) -> Facts:
        chosen = (revenue.month >= first_month) & (revenue.month < end_month)
        sums = np.bincount(segment[chosen], weights=margin_eur[chosen], minlength=len(SEGMENTS))
        return _by_segment(sums, 2)

    terms = company.subscriptions
    of_segment = segment_on(company.customers, terms.customer, terms.started_on) == planted.LOSS_SEGMENT
    return {
        "sentence": "Couriers pay most and cost even more: parts, labour and contacts exceed what they pay.",
        "segment": SEGMENTS[planted.LOSS_SEGMENT],
        "margin": "revenue less cost_to_serve in revenue.csv, by the segment on the first day of the month",
        "margin_eur_36_months": totals(0, MONTHS),
        "margin_eur_2025_11_to_2026_10": totals(month_number("2025-11"), month_number("2026-11")),
        "mean_annual_margin_of_a_term_eur": _rounded(terms.margin_cents[of_segment].mean() / 100, 2),
        "share_of_terms_with_negative_margin": _rounded((terms.margin_cents[of_segment] < 0).mean(), 3),
    }


def _actions(company: Company) -> list[Facts]:
    contacts = company.contacts
    days = day_of(contacts.occurred_at)
    called_back = in_call_back(
        contacts.touchpoint, segment_on(company.customers, contacts.customer, days), days
    )
    wait, feel = contacts.wait_minutes[called_back], contacts.feel[called_back]
    queue = wait / planted.CALL_BACK_WAIT_FACTOR
    without = feel - planted.CALL_BACK_SHIFT - planted.WAIT_SHIFT_PER_MINUTE * (wait - queue)
    csat, csat_without = on_scale(feel, 1, 5), on_scale(without, 1, 5)
    worked = {
        "worked": True,
        "sentence": "Calls of families are returned instead of queued from September 2025 on: they wait less than "
        "half as long and are more content; the calls of the other segments are the comparison.",
        "comparison": "the same touchpoint, the other segments",
        "wait_factor": planted.CALL_BACK_WAIT_FACTOR,
        "true_change_mean_wait_minutes": _rounded(wait.mean() - queue.mean(), 1),
        "true_change_mean_csat": _rounded(csat.mean() - csat_without.mean(), 2),
        "true_change_favourable_share": _rounded((csat >= 4).mean() - (csat_without >= 4).mean(), 3),
        "calls": int(called_back.sum()),
    }
    failed = {
        "worked": False,
        "sentence": "The assembly booklet changed nothing.",
        "comparison": "the same touchpoint, the other segments",
        "true_change_mean_csat": planted.BOOKLET_SHIFT,
        "true_change_favourable_share": 0.0,
    }
    nothing = {"worked": False, "sentence": "Nothing was planted for this action: its true effect is zero."}
    effects = {CALL_BACK_ACTION: worked, BOOKLET_ACTION: failed}
    return [
        {
            "action_id": action[0],
            "title": action[1],
            "started_on": action[5],
            **effects.get(action[0], nothing),
        }
        for action in ACTIONS
    ]


def _question_change() -> Facts:
    return {
        "sentence": "From July 2025 on the workshop is rated on a scale of 1 to 7 instead of 1 to 5; the scores on "
        "both sides of the change cannot be compared.",
        "touchpoint": "workshop",
        "from": date_text(planted.NEW_SCALE_DAY),
        "old_question": "csat_workshop",
        "new_question": "csat_workshop_7",
    }


def _rated(company: Company, question: str) -> tuple[Codes, Codes]:
    """Scores of a question, and the months in which they were given."""
    given = _given(company, question)
    survey = company.answers.survey[given]
    return company.answers.score[given], month_of(day_of(company.surveys.responded_at[survey]))


def _segments_of_rated(company: Company, question: str) -> Codes:
    survey = company.answers.survey[_given(company, question)]
    days = day_of(company.surveys.responded_at[survey])
    return segment_on(company.customers, company.surveys.customer[survey], days)


def _given(company: Company, question: str) -> Flags:
    return (company.answers.question == QUESTION_CODES[question]) & (company.answers.score >= 0)


def _nps(score: Codes) -> float:
    return float(100 * ((score >= 9).mean() - (score <= 6).mean()))


def _by_segment(values: np.ndarray, digits: int) -> Facts:
    return {name: _rounded(value, digits) for name, value in zip(SEGMENTS, values, strict=True)}


def _rounded(value: float, digits: int) -> float:
    return round(float(value), digits)


_BINARY = ("delivery_bad", "delivery_good", "any_complaint")
_DRIVER_MEANINGS = {
    "delivery_bad": "1 if the last delivery was rated 1-2, else 0 (no delivery: 0); its effect is averaged over the "
    "decisions with a delivery, against a rating of 3-4",
    "delivery_good": "1 if the last delivery was rated 5, else 0; its effect is averaged in the same way",
    "longest_wait_minutes": "longest wait in minutes of any contact (none with a wait: 0), per minute",
    "unresolved_contacts": "contacts with resolved = false, per contact",
    "repeat_contacts": "contacts whose previous contact was at the same touchpoint at most 7 days earlier, per contact",
    "any_complaint": "1 if any contact was a complaint, else 0",
    "product_rating": "last rating_product, per point from 4",
    "brand_rating": "last rating_brand, per point from 4",
    "app_rating": "last csat_app, per point from 4: moves with product_rating and has no effect",
}
