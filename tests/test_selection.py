"""The selection picks the coarsest cut of the marts that can answer it."""

from __future__ import annotations

import pytest

from cxdata.errors import UnknownTerm
from cxdata.selection import Selection


@pytest.mark.parametrize(
    ("selection", "also", "cut"),
    [
        (Selection(), (), "none"),
        (Selection(touchpoint=("delivery",), channel=("web",)), ("touchpoint",), "none"),
        (Selection(segment=("smb",)), (), "segment"),
        (Selection(), ("region",), "region"),
        (Selection(segment=("smb",)), ("segment",), "segment"),
        (Selection(segment=("smb",)), ("region",), "all"),
        (Selection(plan=("basic",), persona=("nora",)), (), "all"),
    ],
)
def test_the_cut_is_the_coarsest_that_serves(selection, also, cut):
    assert selection.cut(*also) == cut


def test_two_equal_selections_share_a_cache_entry():
    assert hash(Selection(segment=("a", "b"))) == hash(Selection(segment=("a", "b")))


def test_an_unknown_dimension_is_refused_with_the_choices():
    with pytest.raises(UnknownTerm, match=r"'team' does not exist\. Choose from: touchpoint, channel"):
        Selection(by="team")


def test_clearing_the_filters_keeps_month_metric_and_window():
    chosen = Selection(metric="csat", by="region", window=3, weighted=True, segment=("a",), touchpoint=("b",))
    assert chosen.without_filters() == Selection(metric="csat", by="region", window=3, weighted=True)
