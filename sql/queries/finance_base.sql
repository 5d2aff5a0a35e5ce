-- Customers there are at the end of a month, as a valuation takes them: those whom Economics counts, each with the term
-- that runs then. A term runs from its start to its due day where it was lost, to the start of the following term, and
-- otherwise, open or renewed without a following one, until a year after its due day: whoever is overdue for longer is
-- not taken for a customer. An empty list keeps every value of its dimension.

-- name: active_terms
-- Grain: one row per segment, product, kind of term (open or kept), length of the term and sign of the margin (negative,
-- other, unknown). A term is open while it runs or has no decision yet, and kept where its renewal is the last that is
-- known. A customer with several such terms counts as a part of one in each. Money per year.
-- Parameters: $end (the first moment after the month) and a list per customer dimension.
with following as (
    select
        customer,
        profile,
        started_on,
        due_on,
        outcome,
        annual_value,
        annual_margin,
        product,
        lead(started_on) over (partition by subscription_id order by term) as next_start
    from subscriptions
), active as (
    select
        customer,
        profile,
        case when outcome = 'open' or due_on >= $end then 'open' else 'kept' end as kind,
        due_on - started_on as term_days,
        annual_value,
        annual_margin,
        product,
        1.0 / count(*) over (partition by customer) as part
    from following
    where started_on < $end
        and case
            when outcome = 'churned' then due_on
            else coalesce(next_start, due_on + interval 1 year)
        end >= $end
)
select
    profiles.segment,
    coalesce(active.product, '') as product,
    active.kind,
    active.term_days::integer as term_days,
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
left join customers as period
    on period.customer = active.customer
    and period.valid_from < $end
    and period.valid_to >= $end
join profiles on profiles.profile = coalesce(period.profile, active.profile)
where (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5
