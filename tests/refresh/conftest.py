"""Shared by the tests of the refresh: an engine in which facts are written out."""

from __future__ import annotations

import pytest

from tests.corpus.marts import Marts


@pytest.fixture(scope="module")
def engine() -> Marts:
    return Marts()


@pytest.fixture
def marts(engine: Marts) -> Marts:
    engine.clear()
    return engine
