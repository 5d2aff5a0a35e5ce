"""A company of six subscribers whose numbers can be added up by hand; the window is June 2023 to May 2024."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cxdata.config import Config
from cxdata.database import Release, current_id, open_release
from tests.corpus import tiny
from tests.corpus.release import refreshed

MONTH, AS_OF = date(2024, 5, 1), date(2024, 6, 15)
CONFIG = Config(time_zone="UTC")

CUSTOMERS = """\
customer_id,valid_from,segment,region,acquired_on,acquisition_channel,acquisition_cost
C1,,Home,North,2022-01-10,web,40
C2,,Home,North,2023-02-01,store,25.5
C3,,Business,South,2023-05-20,web,
C4,,Business,South,2024-03-01,web,60
C5,,Home,North,2023-08-01,store,20
C6,,Home,North,2021-06-01,web,10
"""

# C1 grows, C2 leaves, C3 shrinks, C4 and C5 are won in the window (C5 leaves in it), C6 left on its first day.
SUBSCRIPTIONS = """\
subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,annual_margin,product
U1,1,C1,2022-01-10,2023-01-10,renewed,2022-12-20,100,40,care
U1,2,C1,2023-01-10,2024-01-10,renewed,2023-12-20,120,45,care
U1,3,C1,2024-01-10,2025-01-10,open,,150,60,care
U2,1,C2,2023-02-01,2024-02-01,churned,2024-01-15,80,30,care
U3,1,C3,2023-05-20,2024-05-20,renewed,2024-05-01,200,-20,care
U3,2,C3,2024-05-20,2025-05-20,open,,160,-30,care
U4,1,C4,2024-03-01,2025-03-01,open,,90,30,care
U5,1,C5,2023-08-01,2024-02-01,churned,2024-01-20,50,20,care
U6,2,C6,2022-06-01,2023-06-01,churned,2023-05-20,70,10,care
"""

REVENUE = """\
customer_id,month,revenue,cost_to_serve,product
C1,2024-03,10,2,care
C1,2024-04,10,3,care
C2,2024-01,7,10,care
C3,2024-04,16,20,care
C4,2024-04,8,,care
"""

INTERACTIONS = """\
interaction_id,customer_id,occurred_at,touchpoint,channel
I1,C1,2024-03-10T09:00:00,delivery,courier
I2,C2,2024-01-20T18:30:00,support_call,phone
I3,C3,2024-04-02T11:00:00,support_call,phone
I4,C3,2024-04-03T11:00:00,support_call,chat
"""


def files(**changes: str | None) -> dict[str, str | bytes | None]:
    """Exports of the company; None leaves a file out."""
    written: dict[str, str | bytes | None] = {
        **tiny.FILES,
        "customers.csv": CUSTOMERS,
        "subscriptions.csv": SUBSCRIPTIONS,
        "revenue.csv": REVENUE,
        "interactions.csv": INTERACTIONS,
    }
    written.update({f"{name}.csv": text for name, text in changes.items()})
    return written


def published(folder: Path, **changes: str | None) -> Path:
    """Data folder with the company's release."""
    exports = tiny.write(folder / "exports", files(**changes))
    return refreshed(exports, folder / "data", CONFIG, as_of=AS_OF).folder


def opened(folder: Path) -> Release:
    """The published release."""
    return open_release(folder, current_id(folder))
