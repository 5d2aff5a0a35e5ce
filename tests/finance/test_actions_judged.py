"""Windows, verdicts and reading: actions on a handful of rows, and those of the demo against what was planted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cxdata.config import Config, load_config
from cxdata.database import current_id, open_release
from cxdata.finance.actions.judged import (
    MIXED,
    NO_EFFECT,
    NOT_MEASURED,
    TOO_EARLY,
    TOO_FEW,
    UNCLEAR,
    WORKED,
    judged_actions,
    verdict_of,
)
from cxdata.finance.actions.query import actions, met, outcomes
from cxdata.finance.actions.settings import (
    AFTER,
    BEFORE,
    INTRODUCTION,
    Action,
    first_day,
    last_whole_month,
    numbered,
    windows_of,
)
from cxdata.selection import Selection
from tests.corpus.release import Refreshed

ACTION = Action("A1", "Call back", "call", "Family", "", date(2026, 3, 1), None, "", 100.0, "csat", 0.1)


def months(pair: tuple[int, int]) -> tuple[date, date]:
    return first_day(pair[0]), first_day(pair[1])


def test_a_month_in_which_it_began_is_neither_before_nor_after():
    """Begun on the 4th of May: May is left out; begun on the 1st it counts, unless the action ended later."""
    begun = replace(ACTION, started_on=date(2026, 5, 4))
    found = windows_of(begun, date(2025, 1, 1), date(2026, 10, 1), 6)
    assert months(found.before) == (date(2025, 11, 1), date(2026, 4, 1))
    assert months(found.after) == (date(2026, 6, 1), date(2026, 10, 1))
    assert found.part_of(numbered(date(2026, 5, 1))) == INTRODUCTION
    assert found.in_progress
    assert found.so_far
    first = windows_of(replace(ACTION, started_on=date(2026, 5, 1)), date(2025, 1, 1), date(2026, 10, 1), 6)
    assert months(first.after)[0] == date(2026, 5, 1)
    done = windows_of(replace(begun, finished_on=date(2026, 7, 20)), date(2025, 1, 1), date(2026, 10, 1), 3)
    assert months(done.after) == (date(2026, 8, 1), date(2026, 10, 1))
    assert not done.so_far
    assert [done.part_of(done.before[1]), done.part_of(done.after[0])] == [BEFORE, AFTER]


def test_only_months_with_data_and_months_that_are_over_count():
    found = windows_of(ACTION, date(2026, 1, 1), date(2026, 4, 1), 12)
    assert (found.months_before, found.months_after) == (2, 2)
    later = windows_of(replace(ACTION, started_on=date(2026, 4, 2)), date(2026, 1, 1), date(2026, 4, 1), 12)
    assert later.months_after == 0
    assert last_whole_month(date(2026, 11, 18), None) == date(2026, 10, 1)
    assert last_whole_month(date(2026, 11, 18), date(2026, 11, 1)) == date(2026, 10, 1)
    assert last_whole_month(date(2026, 11, 18), date(2026, 6, 1)) == date(2026, 6, 1)
    with pytest.raises(ValueError, match="at least 1"):
        windows_of(ACTION, date(2026, 1, 1), date(2026, 4, 1), 0)


CUSTOMERS = "customer_id,segment\n" + "".join(
    f"C{number:02d},{'Family' if number < 4 else 'Sport'}\n" for number in range(8)
)
CONTACTS = "interaction_id,customer_id,occurred_at,touchpoint,wait_minutes,resolved\n" + "".join(
    f"I{month}{number},C{number:02d},2024-{month:02d}-10T10:00:00,call,{wait},{settled}\n"
    for month, number, wait, settled in (
        (1, 0, 10, "true"), (1, 1, 12, "true"), (1, 4, 10, "true"), (1, 5, 14, "false"),
        (2, 2, 4, "true"), (2, 3, 6, "true"), (2, 6, 11, "true"), (2, 7, 15, "true"),
    )
)  # fmt: skip
ACTIONS = "action_id,title,touchpoint,segment,started_on,metric,cost\nA1,Call back,call,Family,2024-02-01,csat,100\n"


def test_waits_of_those_reached_and_of_the_others(publish: Callable[..., Refreshed]):
    """11 → 5 minutes against 12 → 13: −6 − (+1) = −7; unresolved 0 → 0 against 1 of 2 → 0."""
    done = publish({"customers.csv": CUSTOMERS, "interactions.csv": CONTACTS, "actions.csv": ACTIONS})
    release = open_release(done.folder, done.outcome.release)
    (action,) = actions(release)
    assert (action.code, action.segment, action.finished_on, action.cost) == ("A1", "Family", None, 100.0)
    windows = windows_of(action, date(2024, 1, 1), date(2024, 2, 1))
    found = {one.kind: one for one in outcomes(release, Selection(), action, windows, {})}
    assert found["wait"].rows.total.sum() == pytest.approx(82)
    judged = judged_actions(release, Config(), Selection(month=date(2024, 2, 1)))
    assert judged[0].of("wait").found.estimate == pytest.approx(-7.0)
    assert judged[0].of("unresolved").found.estimate == pytest.approx(0.5)
    assert judged[0].of("metric") is None  # nobody was asked
    assert judged[0].verdict == NOT_MEASURED
    assert met(release, action, date(2024, 2, 1)).customers == 0  # no terms


def test_no_actions_and_no_table(publish: Callable[..., Refreshed]):
    done = publish()
    release = open_release(done.folder, done.outcome.release)
    assert judged_actions(release, Config(), Selection()) == ()


@pytest.fixture(scope="module")
def demo(demo_folder: Path):
    release = open_release(demo_folder, current_id(demo_folder))
    found = judged_actions(release, load_config(demo_folder), Selection())
    truth = json.loads((demo_folder / "exports" / "demo" / "truth.json").read_text(encoding="utf-8"))
    return {one.action.code: one for one in found}, {one["action_id"]: one for one in truth["actions"]}


def test_the_action_that_worked_is_found_with_the_effect_that_was_planted(demo):
    """A03: families wait 4.8 minutes less and rate the call 0.39 better; the others are the comparison."""
    judged, truth = demo
    call, planted = judged["A03"], truth["A03"]
    assert call.verdict == WORKED
    assert not call.doubtful
    for kind, name in (
        ("wait", "true_change_mean_wait_minutes"),
        ("score", "true_change_mean_csat"),
        ("metric", "true_change_favourable_share"),
    ):
        found = call.of(kind).found
        assert found.conf_low < planted[name] < found.conf_high, kind
        assert found.conf_low > 0 or found.conf_high < 0, kind
    assert call.of("wait").found.outside == 12  # every month afterwards lies beyond the usual range


def test_no_action_without_an_effect_is_said_to_have_worked(demo):
    """A02 was for one segment and changed nothing; nothing was planted for the others."""
    judged, truth = demo
    for code, one in judged.items():
        if not truth[code]["worked"]:
            assert one.verdict in (UNCLEAR, NO_EFFECT, TOO_EARLY, TOO_FEW), code
    booklet = judged["A02"].of("score").found
    assert booklet.conf_low < truth["A02"]["true_change_mean_csat"] < booklet.conf_high
    assert not judged["A02"].doubtful


def test_actions_that_have_only_begun_are_not_judged(demo):
    """October's action has no whole month behind it in November, nor has November's."""
    judged, _ = demo
    assert judged["A07"].verdict == judged["A08"].verdict == TOO_EARLY


def test_all_that_is_shown_is_one_family_of_comparisons(demo):
    """Adjusted p-values never lie below the plain ones, and the largest are alike."""
    judged, _ = demo
    shown = [one for action in judged.values() for one in action.measured]
    plain = np.array([one.found.p_value for one in shown])
    adjusted = np.array([one.p_adjusted for one in shown])
    assert len(shown) > 8
    assert np.all(adjusted >= plain - 1e-12)
    assert adjusted[plain.argmax()] == pytest.approx(plain.max())


def test_filters_choose_actions_and_customers(demo_folder: Path):
    """A touchpoint chooses actions; a region narrows both sides of the comparison."""
    release, config = open_release(demo_folder, current_id(demo_folder)), load_config(demo_folder)
    some = judged_actions(release, config, Selection(touchpoint=("support_call",)))
    assert [one.action.code for one in some] == ["A03"]
    here = judged_actions(release, config, Selection(touchpoint=("support_call",), region=("Cataluña",)))
    assert 0 < here[0].of("wait").found.reached_after.size < some[0].of("wait").found.reached_after.size


def test_of_very_many_customers_some_are_drawn(demo_folder: Path, demo, monkeypatch: pytest.MonkeyPatch):
    """One in two finds the same change, with an interval that is wider by about √2."""
    monkeypatch.setattr("cxdata.finance.actions.query.MOST_ROWS", 10_000)
    release, config = open_release(demo_folder, current_id(demo_folder)), load_config(demo_folder)
    drawn = judged_actions(release, config, Selection(touchpoint=("support_call",)))[0].of("wait")
    whole = demo[0]["A03"].of("wait").found
    assert drawn.sample == 2
    assert drawn.found.estimate == pytest.approx(whole.estimate, abs=1.0)
    assert 1.2 < drawn.found.sampling_error / whole.sampling_error < 1.7


def test_mixed_results_are_called_mixed(demo):
    """Better in one thing and worse in another is neither a success nor a failure."""
    call = demo[0]["A03"]
    turned = [replace(one, judgement="bad") if one.kind == "unresolved" else one for one in call.measured]
    assert verdict_of(call.action, call.windows, turned) == MIXED
