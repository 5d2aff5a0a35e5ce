"""The dirty records among the exports: what really comes out of systems, for the quarantine to show.

Nothing hangs on a record that is spoilt here: no answers on a survey, no survey on a contact. So each fate is that
of one record, and no quarantine brings about another.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .company import Company
from .days import NEVER
from .export import Export
from .questions import QUESTION_CODES
from .records import Codes
from .spoiling import UNMATCHED, DirtyRecord, SpoiltFile
from .story import MARTA
from .tables import random_stream
from .world import SUPPORT_CALL


def spoil(company: Company, exports: dict[str, Export]) -> tuple[dict[str, Export], list[DirtyRecord]]:
    """The exports as they are written to disk, and the list of what is wrong with them."""
    random = random_stream(company.seed, "dirt")
    spoilt, dirty = dict(exports), []
    for table, (free_rows, spoiler) in _SPOILERS.items():
        file = SpoiltFile(table, exports[table], free_rows(company), random)
        spoiler(file)
        spoilt[table], found = file.finished()
        dirty += found
    return spoilt, dirty


def _plain_answers(company: Company) -> Codes:
    """Relationship NPS of 7 and more without a comment."""
    answers = company.answers
    plain = (answers.question == QUESTION_CODES["nps_relationship"]) & (company.comments == "")
    plain &= answers.score >= 7
    return np.flatnonzero(plain & (company.surveys.story[answers.survey] == 0))


def _answers(file: SpoiltFile) -> None:
    for score in ("8.5", "11", "ten", "NaN", "9 - likely", "0x5", '"7,5"'):
        file.mistype("score " + score.strip('"'), "score", score)
    file.mistype("rated, but without a score", "score", "")
    file.mistype("a state that is not allowed", "state", "answered")
    file.mistype("a question that does not exist", "question", "nps_everything")
    file.cut_off("too few fields", 2)
    file.append("too many fields: a comment with a comma and without quotes", "Muy bien, gracias")
    file.insert("answer without a survey", "S990001,nps_relationship,9,rated,", 21_000)
    file.insert("answer without a survey", "S990002,csat_delivery,4,rated,Todo bien.", 54_000)
    file.contradict("the same answer twice, with different scores", "score", "2")
    for _ in range(3):
        file.repeat("exact repetition")
    file.insert_header("the header again, in the middle")
    file.insert_total("a total at the end", score="651204")


def _unanswered_surveys(company: Company) -> Codes:
    surveys = company.surveys
    return np.flatnonzero((surveys.responded_at == 0) & (surveys.customer >= 0) & (surveys.customer != MARTA))


def _surveys(file: SpoiltFile) -> None:
    file.mistype("a date of 1900", "sent_at", "1900-01-01T00:00:00")
    file.mistype("a date in the future", "sent_at", "2062-05-11T10:00:00")
    file.mistype("day and month cannot be told apart", "sent_at", "03/04/2025")
    file.mistype("answered before it was sent", "responded_at", "2023-11-30T12:00:00")
    file.mistype("a touchpoint that does not exist", "touchpoint", "teleport")
    for number in (1, 2, 3):
        file.mistype("a customer who is not in the list", "customer_id", f"C99000{number}", UNMATCHED)
    file.contradict("the same survey twice, through different channels", "channel", "fax")
    for _ in range(2):
        file.repeat("exact repetition")
    file.cut_off("too few fields", 4)
    file.insert_header("the header again, in the middle")


def _calls_without_survey(company: Company) -> Codes:
    contacts = company.contacts
    asked = np.zeros(len(contacts.customer), dtype=bool)
    asked[company.surveys.contact[company.surveys.contact >= 0]] = True
    settled = (contacts.touchpoint == SUPPORT_CALL) & (contacts.resolved == 1)
    return np.flatnonzero(settled & ~asked & (contacts.story == 0))


def _interactions(file: SpoiltFile) -> None:
    file.mistype("a negative wait", "wait_minutes", "-4")
    file.mistype("minutes in words", "handling_minutes", "about ten")
    file.mistype("a date of 1900", "occurred_at", "1900-01-01T00:00:00")
    file.mistype("a date in the future", "occurred_at", "2027-01-15T10:00:00")
    file.mistype("a day that does not exist", "occurred_at", "2025-02-30T10:00:00")
    file.mistype("day and month cannot be told apart", "occurred_at", "03/04/2025 10:15")
    file.mistype("a touchpoint that does not exist", "touchpoint", "moon_base")
    file.mistype("no customer", "customer_id", "")
    file.mistype("neither true nor false", "is_complaint", "perhaps")
    file.mistype("a customer who is not in the list", "customer_id", "C990004", UNMATCHED)
    file.append("too many fields", ",")
    file.cut_off("too few fields", 5)
    file.contradict("the same contact twice, at different costs", "cost", "999.00")
    for _ in range(3):
        file.repeat("exact repetition")
    file.insert_total("a total at the end", cost="1450833.70")


def _customers_who_never_changed(company: Company) -> Codes:
    """Records of the first customers, of whom there is one each until the first who changed."""
    return np.arange(int(np.argmax(company.customers.changed_on < NEVER)))


def _customers(file: SpoiltFile) -> None:
    rest = "Commuter,Madrid,Basic,,es"
    file.insert("a decimal comma", f'C990101,2025-02-03,Eva Gil Ramos,{rest},2025-02-03,store,"12,50"', 9_000)
    file.insert(
        "a date in another order", f"C990102,2024-12-31,Leo Cano Peña,{rest},31/12/2024,store,40.00", 12_000
    )
    file.insert("no customer id", f",2025-06-01,Inés Vega Bosch,{rest},2025-06-01,social,71.20", 15_000)
    twice = "the same customer twice, with different plans"
    file.insert(twice, f"C990103,2026-01-09,Hugo Marín Gil,{rest},2026-01-09,search,60.10", 18_000)
    file.insert(
        twice, f"C990103,2026-01-09,Hugo Marín Gil,{rest.replace('Basic', 'Plus')},2026-01-09,search,60.10"
    )
    file.repeat("exact repetition", 2)


def _open_first_terms(company: Company) -> Codes:
    return np.flatnonzero((company.subscriptions.outcome == 0) & (company.subscriptions.turn == 0))


def _subscriptions(file: SpoiltFile) -> None:
    product = "Care yearly"
    file.insert(
        "an outcome that is not allowed",
        f"U990201,1,C000301,2024-05-02,2025-05-02,maybe,2025-04-28,171.00,80.00,{product}",
        8_000,
    )
    file.insert(
        "an amount in words",
        f"U990202,1,C000302,2024-05-02,2025-05-02,renewed,2025-04-28,n/a,,{product}",
        16_000,
    )
    file.insert(
        "due before it began", f"U990203,1,C000303,2025-05-02,2024-05-02,open,,171.00,80.00,{product}", 24_000
    )
    file.repeat("exact repetition")


def _first_months(company: Company) -> Codes:
    return np.flatnonzero((company.revenue.month == 0) & (company.revenue.customer != MARTA))


def _revenue(file: SpoiltFile) -> None:
    file.mistype("an amount in words", "revenue", "twelve")
    file.mistype("a month that does not exist", "month", "2023-13-01")
    file.repeat("exact repetition")
    file.insert_total("a total at the end", revenue="4917935.11")


def _pulses(company: Company) -> Codes:
    return np.flatnonzero(company.pulse.month == 2)


def _employee_pulse(file: SpoiltFile) -> None:
    file.mistype("a number in words", "answers", "n/a")


_SPOILERS: dict[str, tuple[Callable[[Company], Codes], Callable[[SpoiltFile], None]]] = {
    "customers": (_customers_who_never_changed, _customers),
    "interactions": (_calls_without_survey, _interactions),
    "surveys": (_unanswered_surveys, _surveys),
    "answers": (_plain_answers, _answers),
    "subscriptions": (_open_first_terms, _subscriptions),
    "revenue": (_first_months, _revenue),
    "employee_pulse": (_pulses, _employee_pulse),
}
