-- Groups of customers side by side, from the facts with the profile of the time. `line` and `across` are the
-- customer dimensions that the answer is broken down by, '' where it is not; an empty list keeps every value.

-- name: customers
-- Grain: one row per line and across, with the customers that were there on a day.
-- Parameters: $day, $by, $across and a list per customer dimension.
select
    case $by
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as line,
    case $across
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as across,
    count(distinct customers.customer)::bigint as customers
from customers
join profiles on profiles.profile = customers.profile
where customers.valid_from <= $day
    and customers.valid_to > $day
    and (customers.acquired_on is null or customers.acquired_on <= $day)
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by line, across
order by line, across

-- name: scores
-- Grain: one row per line, across, question and score.
-- The overall NPS is that of the relationship question, as on the scorecard.
-- Parameters: $first_month, $last_month, $metrics, $by, $across and a list per dimension.
with relationship as (
    select count(*) as asked
    from monthly_scores
    join questions on questions.question = monthly_scores.question
    where monthly_scores.cut = 'none' and questions.metric = 'nps' and monthly_scores.touchpoint = ''
)
select
    case $by
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as line,
    case $across
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as across,
    answers.question,
    questions.metric,
    questions.scale_min,
    questions.scale_max,
    questions.favourable_from,
    questions.higher_is_better,
    answers.score,
    count(*)::bigint as answers,
    sum(coalesce(answers.weight, 1)) as weight_sum,
    sum(coalesce(answers.weight, 1) * coalesce(answers.weight, 1)) as weight_sq_sum
from answers
join questions on questions.question = answers.question
join profiles on profiles.profile = answers.profile
cross join relationship
where answers.state = 'rated'
    and answers.customer is not null
    and answers.month between $first_month and $last_month
    and list_contains($metrics, questions.metric)
    and (
        questions.metric <> 'nps'
        or answers.touchpoint = ''
        or relationship.asked = 0
        or len($touchpoint) > 0
    )
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by
    line, across, answers.question, questions.metric, questions.scale_min, questions.scale_max,
    questions.favourable_from, questions.higher_is_better, answers.score
order by line, across, answers.question, answers.score

-- name: renewals
-- Grain: one row per line and across, with the terms that came up and were decided.
-- Parameters: $first_month, $last_month, $by, $across and a list per customer dimension.
select
    case $by
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as line,
    case $across
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as across,
    count(*) filter (where subscriptions.outcome = 'renewed')::bigint as renewed,
    count(*)::bigint as decided
from subscriptions
join profiles on profiles.profile = subscriptions.profile
where subscriptions.outcome in ('renewed', 'churned')
    and subscriptions.month between $first_month and $last_month
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by line, across
order by line, across

-- name: amounts
-- Grain: one row per amount (revenue, cost, margin), level (cell, row, column, all), line and across: sums over
-- customers, their squares and products. Whoever moves is in several groups, but once in each and once in the whole:
-- `home` counts customers in their last group only; `gone_` is what the whole loses with the group (its customers who
-- are in no other; squares and products of all, less those of what the others keep). Months and value lose their own.
-- A customer's month counts for an amount where the exports state it.
-- Parameters: as renewals.
with customer_months as (
    select
        revenue.customer,
        revenue.profile,
        revenue.month,
        sum(revenue.revenue) as revenue,
        sum(revenue.cost_to_serve) as cost
    from revenue
    where revenue.month between $first_month and $last_month
    group by revenue.customer, revenue.profile, revenue.month
), stated as (
    select customer, profile, month, 'revenue' as amount, revenue as value
    from customer_months where revenue is not null
    union all
    select customer, profile, month, 'cost', cost from customer_months where cost is not null
    union all
    select customer, profile, month, 'margin', revenue - cost
    from customer_months where revenue is not null and cost is not null
), people as (
    select
        stated.amount,
        stated.customer,
        case $by
            when 'segment' then profiles.segment
            when 'region' then profiles.region
            when 'plan' then profiles.plan
            when 'persona' then profiles.persona
            else ''
        end as line,
        case $across
            when 'segment' then profiles.segment
            when 'region' then profiles.region
            when 'plan' then profiles.plan
            when 'persona' then profiles.persona
            else ''
        end as across,
        max(stated.month) as last_month,
        count(*)::double as months,
        sum(stated.value) as value
    from stated
    join profiles on profiles.profile = stated.profile
    where (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by stated.amount, stated.customer, line, across
), settled as (
    select
        amount,
        customer,
        line,
        across,
        months,
        value,
        row_number() over (
            partition by amount, customer order by last_month desc, line, across
        ) = 1 as home,
        sum(months) over (partition by amount, customer) as all_months,
        sum(value) over (partition by amount, customer) as all_value
    from people
), levels as (
    select 'cell' as level, amount, customer, line, across, months, value, home, all_months, all_value from settled
    union all
    select 'row', amount, customer, line, '', sum(months), sum(value), bool_or(home), max(all_months), max(all_value)
    from settled group by amount, customer, line
    union all
    select 'column', amount, customer, '', across, sum(months), sum(value), bool_or(home), max(all_months), max(all_value)
    from settled group by amount, customer, across
    union all
    select 'all', amount, customer, '', '', max(all_months), max(all_value), true, max(all_months), max(all_value)
    from settled group by amount, customer
)
select
    amount,
    level,
    line,
    across,
    count(*)::bigint as customers,
    count(*) filter (where home)::bigint as home,
    sum(months) as months,
    sum(months * months) as months_sq,
    sum(value) as value,
    sum(value * value) as value_sq,
    sum(value * months) as value_months,
    count(*) filter (where months = all_months)::bigint as gone_customers,
    sum(all_months * all_months - (all_months - months) * (all_months - months)) as gone_months_sq,
    sum(all_value * all_value - (all_value - value) * (all_value - value)) as gone_value_sq,
    sum(all_value * all_months - (all_value - value) * (all_months - months)) as gone_value_months
from levels
group by amount, level, line, across
order by amount, level, line, across

-- name: running_terms
-- Grain: one row per level, line and across, as amounts: annual value of the terms that run on a day, summed over
-- customers, and what the whole loses with the group. A customer with terms in several groups is in each of them.
-- Parameters: $day, $by, $across and a list per customer dimension.
with people as (
    select
        subscriptions.customer,
        case $by
            when 'segment' then profiles.segment
            when 'region' then profiles.region
            when 'plan' then profiles.plan
            when 'persona' then profiles.persona
            else ''
        end as line,
        case $across
            when 'segment' then profiles.segment
            when 'region' then profiles.region
            when 'plan' then profiles.plan
            when 'persona' then profiles.persona
            else ''
        end as across,
        max(subscriptions.started_on) as last_start,
        count(*)::bigint as terms,
        sum(subscriptions.annual_value) as value
    from subscriptions
    join profiles on profiles.profile = subscriptions.profile
    where subscriptions.started_on <= $day
        and subscriptions.due_on > $day
        and subscriptions.annual_value is not null
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by subscriptions.customer, line, across
), settled as (
    select
        customer,
        line,
        across,
        terms,
        value,
        row_number() over (partition by customer order by last_start desc, line, across) = 1 as home,
        sum(terms) over (partition by customer) as all_terms,
        sum(value) over (partition by customer) as all_value
    from people
), levels as (
    select 'cell' as level, customer, line, across, terms, value, home, all_terms, all_value from settled
    union all
    select 'row', customer, line, '', sum(terms), sum(value), bool_or(home), max(all_terms), max(all_value)
    from settled group by customer, line
    union all
    select 'column', customer, '', across, sum(terms), sum(value), bool_or(home), max(all_terms), max(all_value)
    from settled group by customer, across
    union all
    select 'all', customer, '', '', max(all_terms), max(all_value), true, max(all_terms), max(all_value)
    from settled group by customer
)
select
    level,
    line,
    across,
    count(*)::bigint as customers,
    count(*) filter (where home)::bigint as home,
    sum(value) as value,
    sum(value * value) as value_sq,
    count(*) filter (where terms = all_terms)::bigint as gone_customers,
    sum(all_value * all_value - (all_value - value) * (all_value - value)) as gone_value_sq
from levels
group by level, line, across
order by level, line, across

-- name: dimension_values
-- Grain: one row per customer dimension and value that occurs, '' (not stated) aside.
select 'segment' as dimension, segment as value from profiles where segment <> '' group by segment
union all
select 'region', region from profiles where region <> '' group by region
union all
select 'plan', plan from profiles where plan <> '' group by plan
union all
select 'persona', persona from profiles where persona <> '' group by persona
order by dimension, value
