-- How long customers stay, and what purchases without terms say of it.
-- Filters are lists of values per customer dimension, as of a customer's last term or purchase.

-- name: lifetimes
-- Grain: one row per year of the first term, ages at which watching began and ended, and whether it ended with a loss.
-- Ages are whole months since the first term and days of the month begun, as thirty-firsts: a term of twelve months
-- ends at 12.0 in every year, and who is lost in the month in which watching began still counts.
-- Watching begins with the first exported term, and not before the month from which decisions are exported: who left
-- earlier was never seen (left truncation).
-- Parameters: $watched_from, $end and a list per customer dimension.
with acquired as (
    select customer, min(acquired_on) as acquired_on
    from customers
    group by customer
), lives as (
    select
        subscriptions.customer,
        arg_max(subscriptions.profile, subscriptions.started_on) as profile,
        case
            when min(subscriptions.term) = 1 then min(subscriptions.started_on)
            else least(
                min(subscriptions.started_on), coalesce(min(acquired.acquired_on), min(subscriptions.started_on))
            )
        end as origin,
        greatest(min(subscriptions.started_on), $watched_from::date - 1) as entered_on,
        -- Lost where no term goes on after the last loss.
        max(case when subscriptions.outcome = 'churned' then subscriptions.due_on end) as lost_on,
        max(
            case
                when subscriptions.outcome = 'churned' then subscriptions.due_on
                when subscriptions.outcome = 'renewed' then subscriptions.due_on + 1
                else date '9999-12-31'
            end
        ) as seen_to
    from subscriptions
    left join acquired on acquired.customer = subscriptions.customer
    where subscriptions.started_on < $end
    group by subscriptions.customer
), aged as (
    select
        year(lives.origin)::bigint as cohort,
        lives.origin,
        greatest(lives.entered_on, lives.origin) as entered_on,
        case
            when lives.lost_on = lives.seen_to and lives.lost_on < $end then lives.lost_on
            else $end::date
        end as left_on,
        coalesce(lives.lost_on = lives.seen_to and lives.lost_on < $end, false) as lost
    from lives
    join profiles on profiles.profile = lives.profile
    where (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
), counted as (
    select
        cohort,
        origin,
        entered_on,
        left_on,
        lost,
        date_sub('month', origin, entered_on) as entry_months,
        date_sub('month', origin, left_on) as age_months
    from aged
    where left_on > entered_on
)
select
    cohort,
    (entry_months + (entered_on - (origin + to_months(entry_months::integer))::date) / 31.0)::double as entry,
    (age_months + (left_on - (origin + to_months(age_months::integer))::date) / 31.0)::double as age,
    lost,
    count(*)::bigint as customers
from counted
group by cohort, entry, age, lost
order by cohort, entry, age, lost

-- name: cohort_years
-- Grain: one row per year of the first term and year of age: customers there at its beginning, and how many it lost.
-- A customer counts in a year of age where a term covers its beginning, that term's decision lies in the exports, and
-- the whole year has passed.
-- Parameters: $watched_from, $end and a list per customer dimension.
with acquired as (
    select customer, min(acquired_on) as acquired_on
    from customers
    group by customer
), lives as (
    select
        subscriptions.customer,
        arg_max(subscriptions.profile, subscriptions.started_on) as profile,
        case
            when min(subscriptions.term) = 1 then min(subscriptions.started_on)
            else least(
                min(subscriptions.started_on), coalesce(min(acquired.acquired_on), min(subscriptions.started_on))
            )
        end as origin,
        max(case when subscriptions.outcome = 'churned' then subscriptions.due_on end) as lost_on,
        max(
            case
                when subscriptions.outcome = 'churned' then subscriptions.due_on
                when subscriptions.outcome = 'renewed' then subscriptions.due_on + 1
                else date '9999-12-31'
            end
        ) as seen_to
    from subscriptions
    left join acquired on acquired.customer = subscriptions.customer
    where subscriptions.started_on < $end
    group by subscriptions.customer
), years as (
    select unnest(range(0, 30)) as place
), begun as (
    select distinct
        lives.customer,
        lives.profile,
        lives.origin,
        years.place,
        lives.lost_on = lives.seen_to
        -- Three days' grace: a due day may fall on the day before or after the anniversary.
        and lives.lost_on <= lives.origin + to_years((years.place + 1)::integer) + interval 3 day as lost
    from lives
    cross join years
    join subscriptions on subscriptions.customer = lives.customer
    where lives.origin + to_years((years.place + 1)::integer) + interval 3 day < $end
        and subscriptions.started_on <= lives.origin + to_years(years.place::integer) + interval 3 day
        and subscriptions.due_on > lives.origin + to_years(years.place::integer) + interval 3 day
        and subscriptions.due_on >= $watched_from
)
select
    year(begun.origin)::bigint as cohort,
    (begun.place + 1)::bigint as age,
    count(*)::bigint as at_risk,
    count(*) filter (where begun.lost)::bigint as lost
from begun
join profiles on profiles.profile = begun.profile
where (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by cohort, age
order by cohort, age

-- name: recommenders
-- Grain: one row per group (promoter, passive, detractor, silent), segment and completed years since the first term, over the customers there at the start.
-- The group is that of the last answer in the year before; the overall NPS is that of the relationship question.
-- Parameters: $start, $end, $asked_from and a list per customer dimension.
with relationship as (
    select count(*) as asked
    from questions
    where metric = 'nps' and coalesce(touchpoint, '') = ''
), said as (
    select
        answers.customer,
        arg_max(answers.score, answers.answered_at) as score
    from answers
    join questions on questions.question = answers.question
    cross join relationship
    where questions.metric = 'nps'
        and answers.state = 'rated'
        and answers.customer is not null
        and (relationship.asked = 0 or answers.touchpoint = '')
        and answers.answered_at >= $asked_from
        and answers.answered_at < $start
    group by answers.customer
), following as (
    select
        customer,
        profile,
        term,
        started_on,
        due_on,
        outcome,
        annual_margin,
        lead(started_on) over (partition by subscription_id order by term) as next_start
    from subscriptions
), spans as (
    select
        customer,
        profile,
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
        following.customer,
        case
            when min(following.term) = 1 then min(following.started_on)
            else least(min(following.started_on), coalesce(min(acquired.acquired_on), min(following.started_on)))
        end as origin
    from following
    left join acquired on acquired.customer = following.customer
    group by following.customer
), before as (
    select
        customer,
        max(profile) as profile,
        case when count(annual_margin) = count(*) then sum(annual_margin) end as margin
    from spans
    where started_on < $start and ends_on >= $start
    group by customer
), after as (
    select distinct customer
    from spans
    where started_on < $end and ends_on >= $end
)
select
    case
        when said.score >= 9 then 'promoter'
        when said.score >= 7 then 'passive'
        when said.score >= 0 then 'detractor'
        else 'silent'
    end as line,
    profiles.segment,
    greatest(date_sub('year', origins.origin, $start::date), 0)::bigint as age,
    count(*)::bigint as customers,
    count(after.customer)::bigint as kept,
    count(before.margin)::bigint as margins,
    coalesce(sum(before.margin), 0)::double as margin,
    coalesce(sum(before.margin * before.margin), 0)::double as margin_sq
from before
join origins on origins.customer = before.customer
left join after on after.customer = before.customer
left join said on said.customer = before.customer
left join customers as period
    on period.customer = before.customer
    and period.valid_from < $start
    and period.valid_to >= $start
join profiles on profiles.profile = coalesce(period.profile, before.profile)
where (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by line, profiles.segment, age
order by line, profiles.segment, age

-- name: buyers
-- Grain: one row, with the customers who ever bought.
select count(distinct customer)::bigint as customers
from revenue
where revenue > 0

-- name: purchases
-- Grain: one row per months with a repeat purchase, months from the first to the last one, months since the first, and mean repeat spend, over customers whose first purchase the exports hold.
-- A month with revenue above 0 is one purchase. Ages run to the last month of the window.
-- Parameters: $last_month, $sample (one customer in so many) and a list per customer dimension.
with bought as (
    select
        customer,
        month,
        max(profile) as profile,
        sum(revenue) as spent
    from revenue
    where revenue > 0 and month <= $last_month
    group by customer, month
), acquired as (
    select customer, min(acquired_on) as acquired_on
    from customers
    group by customer
), begun as (
    select min(month) as first_month
    from revenue
), lives as (
    select
        bought.customer,
        arg_max(bought.profile, bought.month) as profile,
        min(bought.month) as first_month,
        max(bought.month) as last_month,
        count(*) - 1 as repeats,
        (sum(bought.spent) - arg_min(bought.spent, bought.month)) as repeat_spend
    from bought
    group by bought.customer
)
select
    lives.repeats::bigint as frequency,
    date_diff('month', lives.first_month, lives.last_month)::bigint as recency,
    date_diff('month', lives.first_month, $last_month::date)::bigint as age,
    (case when lives.repeats > 0 then round(lives.repeat_spend / lives.repeats, 2) end)::double as spend,
    count(*)::bigint as customers
from lives
cross join begun
left join acquired on acquired.customer = lives.customer
join profiles on profiles.profile = lives.profile
where (acquired.acquired_on is null or acquired.acquired_on >= begun.first_month)
    and lives.customer % $sample = 0
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by frequency, recency, age, spend
order by frequency, recency, age, spend
