-- The answers of `sql/queries/scorecard.sql` straight from the facts, as a dashboard without marts would
-- ask for them. Same parameters, same columns that count, same rows.

-- name: score_counts
-- Grain: one row per month, line, across, question and score.
select
    answers.month,
    case $by
        when 'touchpoint' then answers.touchpoint
        when 'segment' then profiles.segment
        else ''
    end as line,
    case $across
        when 'touchpoint' then answers.touchpoint
        when 'segment' then profiles.segment
        else ''
    end as across,
    answers.question,
    answers.score,
    count(*) as answers,
    sum(coalesce(answers.weight, 1)) as weight_sum,
    sum(coalesce(answers.weight, 1) * coalesce(answers.weight, 1)) as weight_sq_sum
from answers
join profiles on profiles.profile = answers.profile
where answers.state = 'rated'
    and answers.month between $first_month and $last_month
    and list_contains($questions, answers.question)
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by answers.month, line, across, answers.question, answers.score
order by answers.month, line, across, answers.question, answers.score

-- name: invitation_counts
-- Grain: one row per month of sending, line and across.
select
    surveys.sent_month as month,
    case $by
        when 'touchpoint' then surveys.touchpoint
        when 'segment' then profiles.segment
        else ''
    end as line,
    '' as across,
    count(*) as invited,
    count(surveys.responded_at) as responded
from surveys
join profiles on profiles.profile = surveys.profile
where surveys.sent_at is not null
    and surveys.sent_month between $first_month and $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, surveys.touchpoint))
    and (len($channel) = 0 or list_contains($channel, surveys.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
group by surveys.sent_month, line
order by surveys.sent_month, line

-- name: months
-- Grain: one row per month with answers, invitations, contacts or terms that were decided.
select
    month,
    sum(answers)::bigint as answers,
    sum(invited)::bigint as invited,
    sum(contacts)::bigint as contacts,
    sum(decided)::bigint as decided
from (
    select month, count(*) as answers, 0 as invited, 0 as contacts, 0 as decided
    from answers where state = 'rated' group by month
    union all
    select sent_month, 0, count(*), 0, 0 from surveys where sent_at is not null group by sent_month
    union all
    select month, 0, 0, count(*), 0 from interactions group by month
    union all
    select month, 0, 0, 0, count(*) from subscriptions where outcome <> 'open' group by month
) as counted
group by month
order by month

-- name: contact_counts
-- Grain: one row per month and channel.
select
    month,
    channel,
    count(*) as contacts,
    count(resolved) as resolved_known,
    count(*) filter (where resolved) as resolved,
    sum(wait_minutes) as wait_sum,
    sum(handling_minutes) as handling_sum
from interactions
group by month, channel
order by month, channel

-- name: contact_counts_from_mart
-- Grain: the same from the mart.
select
    month,
    channel,
    sum(contacts)::bigint as contacts,
    sum(resolved_known)::bigint as resolved_known,
    sum(resolved)::bigint as resolved,
    sum(wait_sum) as wait_sum,
    sum(handling_sum) as handling_sum
from monthly_interactions
where cut = 'none'
group by month, channel
order by month, channel
