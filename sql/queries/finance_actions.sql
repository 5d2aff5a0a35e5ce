-- What happened before and after an improvement action, per customer and month, from the facts: a comparison needs
-- to know which rows belong to one customer. Rows that name no customer (0) are counted, not compared. An empty
-- list keeps every value of its dimension; an empty touchpoint keeps all of them. Of every $sample customers one is drawn:
-- customers are keyed hashes, so that the remainder is as good as a lot.

-- name: actions
-- Grain: one row per action.
select
    action_id,
    title,
    touchpoint,
    segment,
    owner,
    started_on,
    due_on,
    finished_on,
    status,
    cost,
    metric,
    expected_change
from actions
order by started_on, action_id

-- name: first_month
-- Grain: one row: the first month with answers, contacts or decided terms.
select least(
    (select min(month) from answers where score is not null),
    (select min(month) from interactions),
    (select min(month) from subscriptions where outcome <> 'open')
) as month

-- name: volume
-- Grain: one row: contacts and answers at the touchpoint in the months.
-- Parameters: $touchpoint, $first_month, $last_month.
select
    (
        select count(*)
        from interactions
        where month between $first_month and $last_month
            and ($touchpoint = '' or touchpoint = $touchpoint)
    )::bigint as contacts,
    (
        select count(*)
        from answers
        where month between $first_month and $last_month
            and ($touchpoint = '' or touchpoint = $touchpoint)
    )::bigint as answers

-- name: answered
-- Grain: one row per customer, month, segment and question of a metric, with counts and sums of its scores.
-- Parameters: $metric, $touchpoint, $overall (count only what was asked about no touchpoint), $first_month,
-- $last_month, $region, $plan, $persona, $sample.
select
    coalesce(answers.customer, 0) as customer,
    answers.month,
    profiles.segment,
    answers.question,
    count(*)::bigint as answers,
    sum(answers.score)::double as total,
    sum(case
        when questions.higher_is_better and answers.score >= questions.favourable_from then 1
        when not questions.higher_is_better and answers.score <= questions.favourable_from then 1
        else 0
    end)::bigint as favourable,
    sum(case when answers.score >= 9 then 1 when answers.score <= 6 then -1 else 0 end)::bigint as net
from answers
join questions on questions.question = answers.question
join profiles on profiles.profile = answers.profile
where coalesce(answers.customer, 0) % $sample = 0
    and answers.score is not null
    and questions.metric = $metric
    and answers.month between $first_month and $last_month
    and ($touchpoint = '' or answers.touchpoint = $touchpoint)
    and (not $overall or answers.touchpoint = '')
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by answers.customer, answers.month, profiles.segment, answers.question
order by answers.month, profiles.segment, answers.question, answers.customer

-- name: scales
-- Grain: one row per question of a metric.
-- Parameters: $metric.
select
    question,
    scale_min,
    scale_max,
    higher_is_better
from questions
where metric = $metric
order by question

-- name: contacted
-- Grain: one row per customer, month and segment, with counts and sums of contacts.
-- Parameters: $touchpoint, $first_month, $last_month, $region, $plan, $persona, $sample.
select
    coalesce(interactions.customer, 0) as customer,
    interactions.month,
    profiles.segment,
    count(interactions.wait_minutes)::bigint as waits,
    coalesce(sum(interactions.wait_minutes), 0)::double as wait_minutes,
    count(interactions.resolved)::bigint as settled_known,
    coalesce(sum(case when not interactions.resolved then 1 else 0 end), 0)::bigint as unresolved
from interactions
join profiles on profiles.profile = interactions.profile
where coalesce(interactions.customer, 0) % $sample = 0
    and interactions.month between $first_month and $last_month
    and ($touchpoint = '' or interactions.touchpoint = $touchpoint)
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by interactions.customer, interactions.month, profiles.segment
order by interactions.month, profiles.segment, interactions.customer

-- name: decided
-- Grain: one row per customer, month in which terms came up and segment, with counts and values of decided terms.
-- A renewed term without a following one in the exports is taken as unchanged, as in monthly_renewals.
-- Parameters: $first_month, $last_month, $region, $plan, $persona, $sample.
with valued as (
    select
        term.customer,
        term.month,
        term.profile,
        term.outcome,
        term.annual_value as due,
        case
            when term.outcome = 'churned' then 0 else coalesce(following.annual_value, term.annual_value)
        end as next
    from subscriptions as term
    left join subscriptions as following
        on following.subscription_id = term.subscription_id
        and following.term = term.term + 1
    where coalesce(term.customer, 0) % $sample = 0
        and term.outcome <> 'open'
        and term.month between $first_month and $last_month
)
select
    coalesce(valued.customer, 0) as customer,
    valued.month,
    profiles.segment,
    count(*)::bigint as decided,
    sum(case when valued.outcome = 'churned' then 1 else 0 end)::bigint as churned,
    coalesce(sum(valued.due), 0)::double as value_due,
    coalesce(sum(case when valued.due is not null then least(valued.due, valued.next) end), 0)::double as value_kept,
    coalesce(sum(case when valued.due is not null then valued.next end), 0)::double as value_next
from valued
join profiles on profiles.profile = valued.profile
where (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by valued.customer, valued.month, profiles.segment
order by valued.month, profiles.segment, valued.customer

-- name: invited
-- Grain: one row per customer, month of sending and segment, with invitations and how many were answered.
-- Parameters: $touchpoint, $first_month, $last_month, $region, $plan, $persona, $sample.
select
    coalesce(surveys.customer, 0) as customer,
    surveys.sent_month as month,
    profiles.segment,
    count(*)::bigint as invited,
    count(surveys.responded_at)::bigint as responded
from surveys
join profiles on profiles.profile = surveys.profile
where coalesce(surveys.customer, 0) % $sample = 0
    and surveys.sent_month between $first_month and $last_month
    and ($touchpoint = '' or surveys.touchpoint = $touchpoint)
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by surveys.customer, surveys.sent_month, profiles.segment
order by surveys.sent_month, profiles.segment, surveys.customer

-- name: met
-- Grain: one row: customers of the segments with a term not lost by the last day, how many of them had a contact at
-- the touchpoint within the twelve months before, and how many of those waited.
-- Parameters: $touchpoint, $segments, $first_month, $last_month.
with held as (
    select distinct subscriptions.customer
    from subscriptions
    join profiles on profiles.profile = subscriptions.profile
    where subscriptions.started_on < $last_month + interval 1 month
        and (subscriptions.outcome = 'open' or subscriptions.due_on >= $last_month + interval 1 month)
        and (len($segments) = 0 or list_contains($segments, profiles.segment))
), touched as (
    select
        interactions.customer,
        count(interactions.wait_minutes) as waits
    from interactions
    where interactions.month between $first_month and $last_month
        and ($touchpoint = '' or interactions.touchpoint = $touchpoint)
    group by interactions.customer
)
select
    count(*)::bigint as customers,
    count(touched.customer)::bigint as met,
    coalesce(sum(case when touched.waits > 0 then 1 else 0 end), 0)::bigint as waited
from held
left join touched on touched.customer = held.customer
