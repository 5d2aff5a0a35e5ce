"""The survey questions of the demo company, in the order in which a survey asks them."""

from __future__ import annotations

from dataclasses import dataclass

from .days import date_text
from .planted import NEW_SCALE_DAY

SINCE_THE_START = "2023-12-01"


@dataclass(frozen=True)
class Question:
    """One question; `favourable_from` is blank for NPS and expectations, `touchpoint` for the whole relation."""

    name: str
    metric: str
    label: str
    touchpoint: str = ""
    lowest: int = 1
    highest: int = 5
    favourable_from: str = "4"
    valid_from: str = SINCE_THE_START
    factor: str = ""


def _nps(name: str, label: str, touchpoint: str = "") -> Question:
    return Question(name, "nps", label, touchpoint, 0, 10, "")


def _csat(touchpoint: str, label: str, factor: str = "") -> Question:
    return Question(f"csat_{touchpoint}", "csat", label, touchpoint, factor=factor)


def _ces(touchpoint: str, label: str) -> Question:
    return Question(f"ces_{touchpoint}", "ces", label, touchpoint, 1, 7, "5")


def _expectation(touchpoint: str, label: str) -> Question:
    return Question(f"expectation_{touchpoint}", "expectation", label, touchpoint, favourable_from="")


_NEW_SCALE = Question(
    "csat_workshop_7",
    "csat",
    "How satisfied were you with the workshop? (1 to 7)",
    "workshop",
    1,
    7,
    "6",
    date_text(NEW_SCALE_DAY),
)

QUESTIONS = (
    _nps("nps_relationship", "How likely are you to recommend Rueda to a friend?"),
    _csat("website", "How satisfied were you with our website?", "brand"),
    _csat("checkout", "How satisfied were you with ordering and paying?", "interaction"),
    _csat("delivery", "How satisfied were you with the delivery?", "interaction"),
    _csat("product_use", "How satisfied are you with your bicycle?", "product"),
    _csat("app", "How satisfied are you with the app?", "product"),
    _csat("workshop", "How satisfied were you with the workshop? (1 to 5)", "interaction"),
    _NEW_SCALE,
    _csat("support_call", "How satisfied were you with our help on the telephone?", "interaction"),
    _csat("support_chat", "How satisfied were you with our help in the chat?", "interaction"),
    _csat("returns", "How satisfied were you with the return?", "interaction"),
    _csat("billing", "How satisfied were you with the invoice and payment?", "brand"),
    _csat("renewal", "How satisfied were you with the offer for your next term?", "brand"),
    _csat("unboxing", "How satisfied were you with unpacking and assembling?", "product"),
    _nps("nps_delivery", "After this delivery, how likely are you to recommend Rueda?", "delivery"),
    _nps("nps_support_call", "After this call, how likely are you to recommend Rueda?", "support_call"),
    _nps("nps_workshop", "After this service, how likely are you to recommend Rueda?", "workshop"),
    _ces("checkout", "How easy was it to order?"),
    _ces("support_call", "How easy was it to get your matter settled by telephone?"),
    _ces("support_chat", "How easy was it to get your matter settled in the chat?"),
    _ces("returns", "How easy was it to send something back?"),
    _ces("billing", "How easy was it to settle your invoice?"),
    Question("rating_product", "rating", "How do you rate our bicycles and services?", factor="product"),
    Question(
        "rating_interaction", "rating", "How do you rate the way we deal with you?", factor="interaction"
    ),
    Question("rating_brand", "rating", "How do you rate what you get for your money?", factor="brand"),
    _expectation("delivery", "How good a delivery had you expected?"),
    _expectation("workshop", "How good a service had you expected?"),
    _expectation("support_call", "How good a help had you expected on the telephone?"),
    Question("enps_team", "enps", "How likely are you to recommend Rueda as an employer?", "", 0, 10, ""),
)
QUESTION_CODES = {question.name: code for code, question in enumerate(QUESTIONS)}
