"""The selection travels in the URL and comes back the same, whatever anybody wrote there."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cxdata.selection import Selection
from pages.parts.url import decode, encode

MONTHS = [date(2026, 8, 1), date(2026, 9, 1)]
CODES = ["smb", "a~b", "~", "~~", "Größe & más", "x,y", "<script>", "a b"]
ALLOWED = dict.fromkeys(("touchpoint", "channel", "segment", "region", "plan", "persona"), CODES)

subsets = st.lists(st.sampled_from(CODES), unique=True).map(
    lambda chosen: tuple(code for code in CODES if code in chosen)
)


@given(segment=subsets, touchpoint=subsets, window=st.sampled_from([1, 3]), weighted=st.booleans())
def test_what_is_encoded_is_decoded_again(segment, touchpoint, window, weighted):
    chosen = Selection(
        month=MONTHS[0],
        metric="csat",
        by="region",
        window=window,
        weighted=weighted,
        segment=segment,
        touchpoint=touchpoint,
    )
    assert decode(encode(chosen, "es"), ALLOWED, MONTHS) == chosen


@given(
    st.dictionaries(st.sampled_from(["month", "metric", "by", "window", "weighted", "segment"]), st.text())
)
def test_any_text_decodes_to_a_selection_that_the_release_offers(parameters):
    chosen = decode(parameters, ALLOWED, MONTHS)
    assert chosen.month in (None, *MONTHS)
    assert set(chosen.segment) <= set(CODES)
    assert chosen.window in (1, 3)


def test_defaults_are_left_out_of_the_address():
    assert encode(Selection(month=MONTHS[1]), "en") == {"lang": "en", "month": "2026-09"}


def test_the_order_of_values_does_not_matter():
    one = decode({"segment": "x,y~smb"}, ALLOWED, MONTHS)
    other = decode({"segment": "smb~x,y"}, ALLOWED, MONTHS)
    assert one == other
