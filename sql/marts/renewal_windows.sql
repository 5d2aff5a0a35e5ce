-- name: renewal_windows
-- Grain: one row per decided term of a subscription, with the days whose contacts and answers were known before the
-- decision: from $look_back_days + $lead_days until $lead_days before it came up. Not published.
-- Parameters: $lead_days, $look_back_days (days).
select
    subscription_id,
    term,
    customer,
    profile,
    month,
    started_on,
    due_on,
    decided_on,
    outcome,
    annual_value,
    annual_margin,
    product,
    -- A term may be decided before it is due: nothing after the earlier of the two days explains it.
    least(due_on, coalesce(decided_on, due_on)) - $lead_days::integer as known_to,
    least(due_on, coalesce(decided_on, due_on)) - $lead_days::integer - $look_back_days::integer as known_from
from subscriptions
where outcome <> 'open'
