"""The small company's release, and an analysis of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxdata.config import Config
from cxdata.database import current_id, open_release
from cxdata.drivers.prepared import Prepared, prepare
from cxdata.drivers.settings import Settings
from cxdata.selection import Selection
from tests.drivers import company


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company.published(tmp_path_factory.mktemp("drivers"))


@pytest.fixture(scope="session")
def prepared_with(company_folder: Path) -> Callable[..., Prepared]:
    """A function: settings that differ from the usual ones -> the rows, arranged."""
    release = open_release(company_folder, current_id(company_folder))

    def arranged(selection: Selection | None = None, **settings: Any) -> Prepared:
        small = {"months": 12, "imputations": 4, "replicates": 60, **settings}
        return prepare(release, Config(), selection or Selection(), Settings(**small), company.MONTH)

    return arranged
