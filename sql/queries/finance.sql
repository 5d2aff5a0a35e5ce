-- Where the company stands in money: who stayed, what they pay and bring, what winning and serving them costs.
-- A window runs from the first moment of $start to the first moment of $end. A term runs from its start to its due day
-- where it was lost, to the start of the following term, and on where it is open or renewed without a following one.
-- Filters are lists of values per customer dimension; an empty list keeps every value.

-- name: limits
-- Grain: one row, with what the exports know of money at all.
select
    (select min(month) from subscriptions where outcome <> 'open') as first_due,
    (select count(*) from subscriptions)::bigint as terms,
    (select count(*) from subscriptions where outcome <> 'open')::bigint as decided,
    (select count(annual_value) from subscriptions)::bigint as valued,
    (select count(annual_margin) from subscriptions)::bigint as margins,
    (select min(month) from revenue) as first_month,
    (select max(month) from revenue) as last_month,
    (select count(revenue) from revenue)::bigint as revenues,
    (select count(cost_to_serve) from revenue where revenue is not null)::bigint as costs,
    (select count(acquisition_cost) from customers)::bigint as acquisition_costs,
    (select count(acquired_on) from customers)::bigint as acquired

-- name: base_change
-- Grain: one row per segment and product, over the customers there at the start of the window.
-- A customer's dimensions are those of the start. Money is annual value; one that is still there without a value
-- after it is taken as unchanged.
-- Parameters: $start, $end and a list per customer dimension.
with following as (
    select
        customer,
        profile,
        product,
        started_on,
        due_on,
        outcome,
        annual_value,
        lead(started_on) over (partition by subscription_id order by term) as next_start
    from subscriptions
), spans as (
    select
        customer,
        profile,
        product,
        annual_value,
        started_on,
        case
            when outcome = 'churned' then due_on
            else coalesce(next_start, date '9999-12-31')
        end as ends_on
    from following
), before as (
    select
        customer,
        max(profile) as profile,
        min(product) as product,
        sum(annual_value) as value
    from spans
    where started_on < $start and ends_on >= $start
    group by customer
), after as (
    select
        customer,
        sum(annual_value) as value
    from spans
    where started_on < $end and ends_on >= $end
    group by customer
), people as (
    select
        profiles.segment,
        before.product,
        case when after.customer is null then 1 else 0 end as lost,
        before.value as value_before,
        case
            when before.value is null then null
            when after.customer is null then 0
            else coalesce(after.value, before.value)
        end as value_after
    from before
    left join after on after.customer = before.customer
    left join customers as period
        on period.customer = before.customer
        and period.valid_from < $start
        and period.valid_to >= $start
    join profiles on profiles.profile = coalesce(period.profile, before.profile)
    where (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
)
select
    segment,
    product,
    count(*)::bigint as customers,
    sum(lost)::bigint as lost,
    count(value_before)::bigint as valued,
    coalesce(sum(value_before), 0)::double as value_before,
    coalesce(sum(value_after), 0)::double as value_after,
    coalesce(sum(least(value_before, value_after)), 0)::double as value_kept,
    coalesce(sum(case when lost = 1 then value_before end), 0)::double as value_lost,
    coalesce(sum(value_before * value_before), 0)::double as value_before_sq,
    coalesce(sum(value_after * value_after), 0)::double as value_after_sq,
    coalesce(sum(least(value_before, value_after) * least(value_before, value_after)), 0)::double as value_kept_sq,
    coalesce(sum(value_before * least(value_before, value_after)), 0)::double as value_before_kept,
    coalesce(sum(value_before * value_after), 0)::double as value_before_after,
    coalesce(sum(case when lost = 1 then value_before * value_before end), 0)::double as value_lost_sq
from people
group by segment, product
order by segment, product

-- name: terms_due
-- Grain: one row, over the terms that came up for renewal in the window.
-- Sums of squares and products are over customers: who has short terms decides more than once.
-- Parameters: $start, $end and a list per customer dimension.
with each as (
    select
        subscriptions.customer,
        count(*) as due,
        count(*) filter (where subscriptions.outcome = 'renewed') as renewed,
        count(*) filter (where subscriptions.outcome = 'churned') as churned,
        count(*) filter (where subscriptions.outcome <> 'open') as decided
    from subscriptions
    join profiles on profiles.profile = subscriptions.profile
    where subscriptions.due_on >= $start
        and subscriptions.due_on < $end
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by subscriptions.customer
)
select
    coalesce(sum(due), 0)::bigint as due,
    coalesce(sum(renewed), 0)::bigint as renewed,
    coalesce(sum(churned), 0)::bigint as churned,
    (count(*) filter (where decided > 0))::bigint as customers,
    coalesce(sum(renewed * renewed), 0)::double as renewed_sq,
    coalesce(sum(decided * decided), 0)::double as decided_sq,
    coalesce(sum(renewed * decided), 0)::double as renewed_decided
from each

-- name: base_now
-- Grain: one row per segment, product, year of the first term and completed years since then, over the customers there at the end.
-- Where the first exported term is not a customer's first, the day of acquisition stands for its start.
-- Parameters: $start, $end and a list per customer dimension.
with following as (
    select
        customer,
        profile,
        product,
        term,
        started_on,
        due_on,
        outcome,
        annual_value,
        annual_margin,
        lead(started_on) over (partition by subscription_id order by term) as next_start
    from subscriptions
), spans as (
    select
        customer,
        profile,
        product,
        term,
        annual_value,
        annual_margin,
        started_on,
        case
            when outcome = 'churned' then due_on
            else coalesce(next_start, date '9999-12-31')
        end as ends_on
    from following
), acquired as (
    select customer, min(acquired_on) as acquired_on
    from customers
    group by customer
), origins as (
    select
        spans.customer,
        case
            when min(spans.term) = 1 then min(spans.started_on)
            else least(min(spans.started_on), coalesce(min(acquired.acquired_on), min(spans.started_on)))
        end as origin,
        bool_or(spans.started_on < $start and spans.ends_on >= $start) as there_before
    from spans
    left join acquired on acquired.customer = spans.customer
    group by spans.customer
), now as (
    select
        customer,
        max(profile) as profile,
        min(product) as product,
        sum(annual_value) as value,
        case when count(annual_margin) = count(*) then sum(annual_margin) end as margin
    from spans
    where started_on < $end and ends_on >= $end
    group by customer
)
select
    profiles.segment,
    now.product,
    year(origins.origin)::bigint as cohort,
    greatest(date_sub('year', origins.origin, $end::date), 0)::bigint as age,
    count(*)::bigint as customers,
    count(*) filter (where not origins.there_before)::bigint as new_customers,
    coalesce(sum(now.value) filter (where not origins.there_before), 0)::double as new_value,
    count(now.value)::bigint as valued,
    coalesce(sum(now.value), 0)::double as value,
    coalesce(sum(now.value * now.value), 0)::double as value_sq,
    count(now.margin)::bigint as margins,
    coalesce(sum(now.margin), 0)::double as margin,
    coalesce(sum(now.margin * now.margin), 0)::double as margin_sq,
    coalesce(sum(case when now.margin is not null then now.value end), 0)::double as value_of_margins,
    count(*) filter (where now.margin < 0)::bigint as negatives,
    coalesce(sum(now.margin) filter (where now.margin < 0), 0)::double as negative_margin
from now
join origins on origins.customer = now.customer
left join customers as period
    on period.customer = now.customer
    and period.valid_from < $end
    and period.valid_to >= $end
join profiles on profiles.profile = coalesce(period.profile, now.profile)
where (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by profiles.segment, now.product, cohort, age
order by profiles.segment, now.product, cohort, age

-- name: largest
-- Grain: one row per account, those of the largest annual value among the ones there at the end of the window.
-- Parameters: $end, $most (accounts) and a list per customer dimension.
with following as (
    select
        customer,
        profile,
        product,
        started_on,
        due_on,
        outcome,
        annual_value,
        lead(started_on) over (partition by subscription_id order by term) as next_start
    from subscriptions
), now as (
    select
        customer,
        max(profile) as profile,
        min(product) as product,
        sum(annual_value) as value
    from following
    where started_on < $end
        and (case when outcome = 'churned' then due_on else coalesce(next_start, date '9999-12-31') end) >= $end
    group by customer
)
select
    profiles.segment,
    now.product,
    now.value::double as value
from now
left join customers as period
    on period.customer = now.customer
    and period.valid_from < $end
    and period.valid_to >= $end
join profiles on profiles.profile = coalesce(period.profile, now.profile)
where now.value is not null
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
order by now.value desc
limit $most

-- name: acquisition
-- Grain: one row per channel of acquisition, over the customers won in the window.
-- `margin` is the yearly one of the first term, where it, and the cost of winning the customer, are stated.
-- Parameters: $start, $end and a list per customer dimension.
with firsts as (
    select
        customer,
        arg_min(annual_margin, started_on) as margin
    from subscriptions
    where term = 1
    group by customer
)
select
    coalesce(customers.acquisition_channel, '') as line,
    count(*)::bigint as customers,
    count(customers.acquisition_cost)::bigint as costed,
    coalesce(sum(customers.acquisition_cost), 0)::double as cost,
    coalesce(sum(customers.acquisition_cost * customers.acquisition_cost), 0)::double as cost_sq,
    count(firsts.margin) filter (where customers.acquisition_cost is not null)::bigint as paired,
    coalesce(sum(customers.acquisition_cost) filter (where firsts.margin is not null), 0)::double as paired_cost,
    coalesce(sum(customers.acquisition_cost * customers.acquisition_cost) filter (where firsts.margin is not null), 0)
    ::double as paired_cost_sq,
    coalesce(sum(firsts.margin) filter (where customers.acquisition_cost is not null), 0)::double as paired_margin,
    coalesce(sum(firsts.margin * firsts.margin) filter (where customers.acquisition_cost is not null), 0)
    ::double as paired_margin_sq,
    coalesce(sum(customers.acquisition_cost * firsts.margin), 0)::double as paired_product
from customers
join profiles on profiles.profile = customers.profile
left join firsts on firsts.customer = customers.customer
where customers.acquired_on >= $start
    and customers.acquired_on < $end
    and customers.valid_from <= customers.acquired_on
    and customers.valid_to > customers.acquired_on
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by line
order by line
