-- Customers there are, as a valuation takes them: the last term of each subscription that runs, or that was renewed
-- and has no next one in the exports. An empty list keeps every value of its dimension.

-- name: active_terms
-- Grain: one row per segment, product, kind of term (open or kept) and sign of the margin (negative, other, unknown).
-- A customer with several such terms counts as a part of one in each. Money per year.
-- Parameters: a list per customer dimension.
with last_terms as (
    select
        customer,
        profile,
        due_on,
        outcome,
        annual_value,
        annual_margin,
        product,
        row_number() over (partition by subscription_id order by term desc) as place
    from subscriptions
), newest as (
    select max(due_on) as due_on
    from subscriptions
    where outcome <> 'open'
), active as (
    select
        last_terms.customer,
        last_terms.profile,
        last_terms.outcome,
        last_terms.annual_value,
        last_terms.annual_margin,
        last_terms.product,
        1.0 / count(*) over (partition by last_terms.customer) as part
    from last_terms
    cross join newest
    where last_terms.place = 1
        and (
            last_terms.outcome = 'open'
            or (last_terms.outcome = 'renewed' and last_terms.due_on > newest.due_on - interval 366 day)
        )
)
select
    profiles.segment,
    coalesce(active.product, '') as product,
    case when active.outcome = 'open' then 'open' else 'kept' end as kind,
    case
        when active.annual_margin is null then 'unknown'
        when active.annual_margin < 0 then 'negative'
        else 'other'
    end as sign,
    count(*)::bigint as terms,
    sum(active.part)::double as customers,
    coalesce(sum(active.annual_value), 0)::double as annual_value,
    coalesce(sum(active.annual_margin), 0)::double as annual_margin
from active
join profiles on profiles.profile = active.profile
where (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by 1, 2, 3, 4
order by 1, 2, 3, 4
