-- What single customers bring: revenue less cost to serve, over the months of a window in which both are stated.
-- Parameters of all: $first_month, $last_month and a list per customer dimension; an empty list keeps every value.

-- name: amounts
-- Grain: one row per segment, over customers and their months in it, and one (whole = 1) over all customers, each
-- once: who moved stands in two segments.
with people as (
    select
        revenue.customer,
        coalesce(profiles.segment, '') as segment,
        grouping(profiles.segment)::bigint as whole,
        count(distinct revenue.month) filter (where revenue.cost_to_serve is not null)::double as months,
        sum(revenue.revenue) as revenue,
        sum(revenue.cost_to_serve) as cost,
        sum(revenue.revenue - revenue.cost_to_serve) as margin,
        sum(case when revenue.cost_to_serve is not null then revenue.revenue end) as revenue_of_costs
    from revenue
    join profiles on profiles.profile = revenue.profile
    where revenue.month between $first_month and $last_month
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by grouping sets ((revenue.customer, profiles.segment), (revenue.customer))
)
select
    segment,
    whole,
    count(*)::bigint as customers,
    count(revenue)::bigint as revenues,
    coalesce(sum(revenue), 0)::double as revenue,
    count(cost)::bigint as costs,
    coalesce(sum(cost), 0)::double as cost,
    coalesce(sum(cost * cost), 0)::double as cost_sq,
    coalesce(sum(cost * months), 0)::double as cost_months,
    coalesce(sum(months * months) filter (where cost is not null), 0)::double as months_sq,
    coalesce(sum(months) filter (where cost is not null), 0)::double as months_of_costs,
    coalesce(sum(revenue_of_costs), 0)::double as revenue_of_costs,
    count(margin)::bigint as margins,
    coalesce(sum(margin), 0)::double as margin,
    coalesce(sum(margin * margin), 0)::double as margin_sq,
    coalesce(sum(margin * months), 0)::double as margin_months
from people
group by segment, whole
order by whole, segment

-- name: whale
-- Grain: one row per part of the customers, ranked by margin, the best first; at most 200 parts of nearly the same size.
with people as (
    select
        revenue.customer,
        sum(revenue.revenue - revenue.cost_to_serve) as margin
    from revenue
    join profiles on profiles.profile = revenue.profile
    where revenue.month between $first_month and $last_month
        and revenue.revenue is not null
        and revenue.cost_to_serve is not null
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by revenue.customer
), parted as (
    select
        margin,
        -- The sign parts them too, so that the summit of the curve is a row's end.
        case when margin < 0 then 1 else 0 end as losing,
        ntile(200) over (order by margin desc) as part
    from people
)
select
    losing,
    part,
    count(*)::bigint as customers,
    sum(margin)::double as margin
from parted
group by losing, part
order by losing, part

-- name: unprofitable
-- Grain: one row per dimension and line: customers with a known margin, and those among them who cost more than they pay.
-- A customer whose dimensions changed counts in each line with the months there; touchpoints and channels of contact
-- are those used in the window, so that a customer stands in several lines.
with months as (
    select
        revenue.customer,
        revenue.profile,
        sum(revenue.revenue - revenue.cost_to_serve) as margin
    from revenue
    join profiles on profiles.profile = revenue.profile
    where revenue.month between $first_month and $last_month
        and revenue.revenue is not null
        and revenue.cost_to_serve is not null
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by revenue.customer, revenue.profile
), people as (
    select customer, sum(margin) as margin
    from months
    group by customer
), won as (
    select customer, coalesce(arg_max(acquisition_channel, valid_from), '') as acquisition_channel
    from customers
    group by customer
), used as (
    select distinct customer, touchpoint, channel
    from interactions
    where month between $first_month and $last_month and customer is not null
), lines as (
    select 'segment' as dimension, profiles.segment as line, months.customer, sum(months.margin) as margin
    from months
    join profiles on profiles.profile = months.profile
    group by months.customer, profiles.segment
    union all
    select 'plan', profiles.plan, months.customer, sum(months.margin)
    from months
    join profiles on profiles.profile = months.profile
    group by months.customer, profiles.plan
    union all
    select 'region', profiles.region, months.customer, sum(months.margin)
    from months
    join profiles on profiles.profile = months.profile
    group by months.customer, profiles.region
    union all
    select 'persona', profiles.persona, months.customer, sum(months.margin)
    from months
    join profiles on profiles.profile = months.profile
    group by months.customer, profiles.persona
    union all
    select 'acquisition_channel', coalesce(won.acquisition_channel, ''), people.customer, people.margin
    from people
    left join won on won.customer = people.customer
    union all
    select distinct 'touchpoint', used.touchpoint, people.customer, people.margin
    from people
    join used on used.customer = people.customer
    where used.touchpoint <> ''
    union all
    select distinct 'channel', used.channel, people.customer, people.margin
    from people
    join used on used.customer = people.customer
    where used.channel <> ''
    union all
    select '', '', people.customer, people.margin
    from people
)
select
    dimension,
    line,
    count(*)::bigint as customers,
    sum(margin)::double as margin,
    count(*) filter (where margin < 0)::bigint as unprofitable,
    coalesce(sum(margin) filter (where margin < 0), 0)::double as loss,
    coalesce(sum(margin * margin), 0)::double as margin_sq
from lines
group by dimension, line
order by dimension, line
