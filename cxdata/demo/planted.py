"""What was planted on purpose: the effects which an honest analysis of the demo should find again.

Nothing else makes customers stay or leave, and `truth.json` repeats these numbers. Coefficients of the renewal are
log-odds; shifts of satisfaction are points on a scale of 1-5 before rounding.
"""

from __future__ import annotations

from .days import day, month_number
from .world import COURIER, FAMILY, SPORT, STUDENT

# 1. Renewal. What happens in the lead time before the decision comes too late to count; before that, only the
# look-back counts.
LEAD_DAYS = 30
LOOK_BACK_DAYS = 365
REPEAT_WITHIN_DAYS = 7
NEUTRAL_RATING = 4

RENEWAL_INTERCEPT = 1.55
# A bad delivery weighs twice as much as a good one; the rating of the app moves with the others but does nothing.
RENEWAL_DRIVERS = {
    "delivery_bad": -0.90,
    "delivery_good": 0.45,
    "longest_wait_minutes": -0.025,
    "unresolved_contacts": -0.35,
    "repeat_contacts": -0.20,
    "any_complaint": -0.50,
    "product_rating": 0.35,
    "brand_rating": 0.25,
    "app_rating": 0.0,
}
RENEWAL_CONTROLS = {
    "segment Family": 0.10,
    "segment Sport": 0.15,
    "segment Student": -0.35,
    "segment Courier": 0.05,
    "plan Plus": 0.10,
    "plan Premium": 0.20,
    "half-yearly product": -0.20,
    "log of 1 + years since the first term": 0.18,
}

# 2. Incident: a strike of the carriers.
STRIKE_MONTH = month_number("2026-03")
STRIKE_DELIVERY_SHIFT = -1.30
STRIKE_COMPLAINT_SHARE = 0.14
STRIKE_CALL_WAIT_FACTOR = 2.2
STRIKE_DELAY_DAYS = (3, 10)

# 3. Mix: from this month on students get far more relationship surveys; nobody scores differently.
MIX_MONTH = month_number("2026-06")
MIX_SEGMENT = STUDENT
MIX_INVITATION_FACTOR = 3.4

# 5. Actions: one that worked, one that did not. Both for one segment, so that the others are the comparison.
CALL_BACK_DAY = day("2025-09-01")
CALL_BACK_SEGMENT = FAMILY
CALL_BACK_WAIT_FACTOR = 0.45
CALL_BACK_SHIFT = 0.35
BOOKLET_DAY = day("2025-04-01")
BOOKLET_SEGMENT = SPORT
BOOKLET_SHIFT = 0.0

# The workshop gets a new question, with another scale.
NEW_SCALE_DAY = day("2025-07-01")

# What colours the scores.
MOOD_SHIFT = 0.42
WAIT_SHIFT_PER_MINUTE = -0.035
USUAL_WAIT_MINUTES = 7.0
UNRESOLVED_SHIFT = -1.15
DAMAGE_SHARE = 0.11
DAMAGE_SHIFT = -2.0
TEAM_SPIRIT_SHIFT = 0.25
DRIFT_PER_MONTH = {"app": 0.010, "support_chat": -0.008}
SEGMENT_SHIFT = (0.0, 0.06, 0.10, -0.16, -0.10)

# Relationship NPS before rounding: base by segment, then what moves it.
NPS_BASE = (8.65, 8.80, 9.00, 7.35, 7.95)
NPS_PER_MOOD = 0.80
NPS_PER_PRODUCT_POINT = 0.70
NPS_PER_BRAND_POINT = 0.45
NPS_PER_RECENT_POINT = 0.45
NPS_NOISE = 1.25
RECENT_DAYS = 120

# 4. Money: the yearly cost of parts and labour as a share of the yearly value, by segment. Couriers cost more
# than they pay.
SERVICE_COST_SHARE = (0.50, 0.46, 0.55, 0.52, 1.18)
LOSS_SEGMENT = COURIER
