"""What people at the company wrote down themselves: the targets and the register of actions."""

from __future__ import annotations

from .days import date_text
from .planted import BOOKLET_DAY, CALL_BACK_DAY

# metric, touchpoint, segment, valid_from, target: NPS in points, CSAT and rates as shares, CES as a mean of 1-7.
TARGETS = (
    ("nps", "", "", "2023-12-01", "30"),
    ("nps", "", "", "2025-01-01", "33"),
    ("nps", "", "", "2026-01-01", "35"),
    ("nps", "", "Courier", "2025-01-01", "15"),
    ("csat", "", "", "2023-12-01", "0.80"),
    ("csat", "", "", "2026-01-01", "0.82"),
    ("csat", "delivery", "", "2025-01-01", "0.84"),
    ("csat", "support_call", "", "2025-01-01", "0.78"),
    ("ces", "", "", "2023-12-01", "5.3"),
    ("renewal_rate", "", "", "2023-12-01", "0.82"),
    ("renewal_rate", "", "", "2026-01-01", "0.84"),
    ("gross_retention", "", "", "2025-01-01", "0.80"),
    ("response_rate", "", "", "2024-01-01", "0.35"),
    ("enps", "", "", "2024-01-01", "10"),
)
TARGET_COLUMNS = ("metric", "touchpoint", "segment", "valid_from", "target")

ACTION_COLUMNS = (
    *(
        "action_id",
        "title",
        "touchpoint",
        "segment",
        "owner",
        "started_on",
        "due_on",
        "finished_on",
        "status",
    ),
    *("cost", "metric", "expected_change"),
)
CALL_BACK_ACTION, BOOKLET_ACTION = "A03", "A02"
ACTIONS = (
    (
        *("A01", "Clear prices on the first page of the checkout", "checkout", "", "Irene Bosch"),
        *("2024-05-13", "2024-09-30", "2024-10-04", "done", "18000.00", "ces", "0.2"),
    ),
    (
        *(BOOKLET_ACTION, "Assembly booklet with photos", "unboxing", "Sport", "Gonzalo Prieto"),
        *(date_text(BOOKLET_DAY), "2025-04-30", "2025-04-28", "done", "9500.00", "csat", "0.08"),
    ),
    (
        *(CALL_BACK_ACTION, "Call-back instead of queue", "support_call", "Family", "Nuria Vidal"),
        *(date_text(CALL_BACK_DAY), "2025-10-31", "2025-09-29", "done", "46000.00", "csat", "0.10"),
    ),
    (
        *("A04", "Two-hour delivery slots", "delivery", "", "Óscar Lozano"),
        *("2026-05-04", "2026-12-18", "", "in progress", "120000.00", "csat", "0.05"),
    ),
    (
        *("A05", "One case number across telephone, chat and store", "support_chat", "", "Nuria Vidal"),
        *("2026-06-15", "2027-02-26", "", "in progress", "210000.00", "ces", "0.4"),
    ),
    (
        *("A06", "Invoices in plain words", "billing", "", "Teresa Campos"),
        *("2026-09-01", "2026-11-30", "", "in progress", "7000.00", "csat", "0.04"),
    ),
    (
        *("A07", "Price list for couriers by kilometre", "renewal", "Courier", "Andrés Cano"),
        *("2026-10-05", "2027-01-31", "", "in progress", "15000.00", "net_retention", "0.10"),
    ),
    (
        *("A08", "Loyalty offer before the price of new customers", "renewal", "Student", "Andrés Cano"),
        *("2026-11-02", "2027-03-31", "", "in progress", "32000.00", "renewal_rate", "0.03"),
    ),
)
