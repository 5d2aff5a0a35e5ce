"""Shared by the tests of pages: each begins in English; one company that several of them read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cxdata.language import set_language
from tests.drivers import company


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="session")
def with_margins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder of the company whose terms have margins; for reading only."""
    home = tmp_path_factory.mktemp("with_margins")
    return company.published(home, subscriptions=company.terms_with_margins())
