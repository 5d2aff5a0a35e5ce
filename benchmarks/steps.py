"""A refresh that says what its parts cost: python -m benchmarks.steps EXPORTS DATA MEMORY DAY.

Prints one line of JSON with CPU seconds: all of it, all marts, and the marts of contacts in their order
(what customers met before a decision is among the others: the product always had it).
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from cxdata.config import load_config
from cxdata.refresh import marts
from cxdata.refresh.run import refresh

OF_CONTACTS = ("contact_links", "disconnection_sums", "renewal_paths", "monthly_disconnections")


def measured(exports: Path, data: Path, memory: str, day: date) -> dict[str, float]:
    """CPU seconds by part of one refresh into an empty data folder."""
    spent: dict[str, float] = {}
    create = marts._create

    def timed(connection: Any, name: str, *arguments: Any, **more: Any) -> None:
        started = time.process_time()
        create(connection, name, *arguments, **more)
        spent[name] = spent.get(name, 0.0) + time.process_time() - started

    marts._create = timed
    refresh(exports, data, load_config(data), as_of=day, memory_limit=memory)
    return {
        "all": time.process_time(),
        "marts": sum(spent.values()),
        "contacts": sum(seconds for name, seconds in spent.items() if name in OF_CONTACTS),
    }


if __name__ == "__main__":
    folders = Path(sys.argv[1]), Path(sys.argv[2])
    print(json.dumps(measured(*folders, sys.argv[3], date.fromisoformat(sys.argv[4]))))
