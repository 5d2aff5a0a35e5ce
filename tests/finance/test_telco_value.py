"""IBM's telecom sample: no margins, one decision a customer, and ratings that separate the outcomes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cxdata.config import Config
from cxdata.database import Release, current_id, open_release
from cxdata.drivers.churn import churn_regression
from cxdata.drivers.prepared import prepare
from cxdata.drivers.settings import CHURN, Settings
from cxdata.errors import InputBlocked
from cxdata.finance.impact.profiles import profiles_of
from cxdata.finance.impact.valuation import value
from cxdata.finance.query import active_terms
from cxdata.finance.scenarios.scenario import Range, RetentionChange, Scenario
from cxdata.models.churn import ChurnRegression
from cxdata.selection import Selection
from tests.corpus.release import refreshed

MARGIN = 0.4


@pytest.fixture(scope="module")
def telco(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("telco")
    refreshed(real_data, folder, Config(), source="ibm_telco", as_of=None)
    return open_release(folder, current_id(folder))


@pytest.fixture(scope="module")
def found(telco: Release) -> ChurnRegression:
    return churn_regression(prepare(telco, Config(), Selection(), Settings(outcome=CHURN), date(2019, 9, 1)))


def test_satisfaction_separates_and_firth_takes_over(found):
    """Whoever gave 1 or 2 left, whoever gave 4 or 5 stayed: a plain logit has no estimate (1,869 of 7,043 lost)."""
    assert (found.decisions, int(found.lost.sum())) == (7043, 1869)
    assert found.method == "firth"
    assert found.banded is None
    assert np.isfinite(found.pooled).all()


def test_without_margins_nothing_is_valued_unless_a_share_is_assumed(telco, found):
    active = active_terms(telco, Selection())
    with pytest.raises(InputBlocked, match="none of the 5,174 active customers has a margin"):
        profiles_of(found, active)
    base = profiles_of(found, active, margin_share=MARGIN).base
    assert (base.customers, base.kind, base.margin_known) == (5174, "kept", 0.0)
    assert base.annual_margin == pytest.approx(MARGIN * base.annual_value)


def test_one_point_of_churn(telco, found):
    """One point of 5,174 customers is 51.74 of them; their margin is that of those who are likely to leave."""
    profiles = profiles_of(found, active_terms(telco, Selection()), margin_share=MARGIN)
    result = value(
        Scenario("point", retention=RetentionChange(), discount_rate=Range.exactly(0.1), draws=100), profiles
    )
    assert result.point.customers_kept[0, 0] == pytest.approx(51.74, abs=1e-3)
    each = result.point.margin[0, 0] / 51.74
    mean = profiles.base.annual_margin / 5174
    assert 0.5 * mean < each < 2 * mean
    assert "margin_assumed" in result.notes
