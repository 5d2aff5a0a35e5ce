-- name: contact_links
-- Grain: one row per contact of a customer, with what links it to the contacts before and after it. Not
-- published: the marts about contacts read it, so that the contacts are put in their order once; customer by
-- customer, hence for one in $parts of them at a time.
-- A contact repeats an earlier one at the same touchpoint; it switches from the one right before it in the same
-- stage on another channel (between stages a change is no break: what is ordered on the web comes by courier).
-- Parameters: $parts, $part (0 to $parts - 1).
with ordered as (
    select
        interactions.customer,
        interactions.profile,
        interactions.month,
        interactions.touchpoint,
        interactions.channel,
        interactions.occurred_at,
        interactions.wait_minutes,
        interactions.resolved,
        interactions.is_complaint,
        coalesce(touchpoints.stage, interactions.touchpoint) as stage,
        lag(interactions.occurred_at) over earlier as previous_at,
        lag(interactions.touchpoint) over earlier as previous_touchpoint,
        lag(interactions.channel) over earlier as previous_channel,
        lag(coalesce(touchpoints.stage, interactions.touchpoint)) over earlier as previous_stage,
        lag(interactions.occurred_at) over there as previous_there_at,
        lead(interactions.occurred_at) over there as next_there_at
    from interactions
    left join touchpoints on touchpoints.touchpoint = interactions.touchpoint
    where interactions.customer % $parts::ubigint = $part::ubigint
    window
        earlier as (
            partition by interactions.customer
            order by interactions.occurred_at, interactions.file, interactions.record
        ),
        there as (
            partition by interactions.customer, interactions.touchpoint
            order by interactions.occurred_at, interactions.file, interactions.record
        )
)
select
    customer,
    profile,
    month,
    touchpoint,
    occurred_at,
    wait_minutes,
    resolved,
    is_complaint,
    coalesce(previous_touchpoint = touchpoint and occurred_at <= previous_at + interval 7 day, false) as repeats_last,
    coalesce(
        previous_stage = stage and previous_channel <> channel and previous_channel <> '' and channel <> ''
        and occurred_at <= previous_at + interval 7 day,
        false
    ) as switched_7,
    coalesce(occurred_at <= previous_there_at + interval 7 day, false) as repeated_7,
    coalesce(occurred_at <= previous_there_at + interval 30 day, false) as repeated_30,
    coalesce(next_there_at <= occurred_at + interval 7 day, false) as back_7,
    coalesce(next_there_at <= occurred_at + interval 30 day, false) as back_30
from ordered
