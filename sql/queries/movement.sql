-- Counts for what moved. The statements over `monthly_scores` serve filters and groups of at most one
-- customer dimension; those over `answers` join the profiles and serve any number of them. An empty list
-- keeps every value of its dimension. The overall NPS is that of the relationship question, the one about
-- no touchpoint, where it is asked; touchpoints come in where they are grouped or filtered by.

-- name: compared_scores
-- Grain: one row per period (before, after), line, across, question and score.
-- Parameters: $cut, $metric, $first_month, $last_month, $before_first, $before_last, $by, $across and a
-- list per dimension.
with relationship as (
    select count(*) as asked
    from monthly_scores
    join questions on questions.question = monthly_scores.question
    where monthly_scores.cut = 'none' and questions.metric = 'nps' and monthly_scores.touchpoint = ''
)
select
    case when marts.month >= $first_month then 'after' else 'before' end as period,
    case $by
        when 'touchpoint' then marts.touchpoint
        when 'channel' then marts.channel
        when 'segment' then marts.segment
        when 'region' then marts.region
        when 'plan' then marts.plan
        when 'persona' then marts.persona
        else ''
    end as line,
    case $across
        when 'touchpoint' then marts.touchpoint
        when 'channel' then marts.channel
        when 'segment' then marts.segment
        when 'region' then marts.region
        when 'plan' then marts.plan
        when 'persona' then marts.persona
        else ''
    end as across,
    marts.question,
    marts.score,
    sum(marts.answers)::bigint as answers,
    sum(marts.weight_sum) as weight_sum,
    sum(marts.weight_sq_sum) as weight_sq_sum
from monthly_scores as marts
join questions on questions.question = marts.question
cross join relationship
where marts.cut = $cut
    and questions.metric = $metric
    and (
        marts.month between $first_month and $last_month
        or marts.month between $before_first and $before_last
    )
    and (
        questions.metric <> 'nps'
        or marts.touchpoint = ''
        or relationship.asked = 0
        or $by = 'touchpoint'
        or $across = 'touchpoint'
        or len($touchpoint) > 0
    )
    and (len($touchpoint) = 0 or list_contains($touchpoint, marts.touchpoint))
    and (len($channel) = 0 or list_contains($channel, marts.channel))
    and (len($segment) = 0 or list_contains($segment, marts.segment))
    and (len($region) = 0 or list_contains($region, marts.region))
    and (len($plan) = 0 or list_contains($plan, marts.plan))
    and (len($persona) = 0 or list_contains($persona, marts.persona))
group by period, line, across, marts.question, marts.score
order by period, line, across, marts.question, marts.score

-- name: compared_answers
-- Grain: one row per period (before, after), line, across, question and score, counted from the answers.
-- Parameters: as compared_scores, without $cut.
with relationship as (
    select count(*) as asked
    from monthly_scores
    join questions on questions.question = monthly_scores.question
    where monthly_scores.cut = 'none' and questions.metric = 'nps' and monthly_scores.touchpoint = ''
)
select
    case when answers.month >= $first_month then 'after' else 'before' end as period,
    case $by
        when 'touchpoint' then answers.touchpoint
        when 'channel' then answers.channel
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as line,
    case $across
        when 'touchpoint' then answers.touchpoint
        when 'channel' then answers.channel
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as across,
    answers.question,
    answers.score,
    count(*)::bigint as answers,
    sum(coalesce(answers.weight, 1)) as weight_sum,
    sum(coalesce(answers.weight, 1) * coalesce(answers.weight, 1)) as weight_sq_sum
from answers
join questions on questions.question = answers.question
join profiles on profiles.profile = answers.profile
cross join relationship
where answers.state = 'rated'
    and questions.metric = $metric
    and (
        answers.month between $first_month and $last_month
        or answers.month between $before_first and $before_last
    )
    and (
        questions.metric <> 'nps'
        or answers.touchpoint = ''
        or relationship.asked = 0
        or $by = 'touchpoint'
        or $across = 'touchpoint'
        or len($touchpoint) > 0
    )
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by period, line, across, answers.question, answers.score
order by period, line, across, answers.question, answers.score

-- name: monthly_scores
-- Grain: one row per month, touchpoint (line), question and score.
-- Parameters: $cut, $metric, $last_month and a list per dimension.
select
    marts.month,
    marts.touchpoint as line,
    marts.question,
    marts.score,
    sum(marts.answers)::bigint as answers,
    sum(marts.weight_sum) as weight_sum,
    sum(marts.weight_sq_sum) as weight_sq_sum
from monthly_scores as marts
join questions on questions.question = marts.question
where marts.cut = $cut
    and questions.metric = $metric
    and marts.month <= $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, marts.touchpoint))
    and (len($channel) = 0 or list_contains($channel, marts.channel))
    and (len($segment) = 0 or list_contains($segment, marts.segment))
    and (len($region) = 0 or list_contains($region, marts.region))
    and (len($plan) = 0 or list_contains($plan, marts.plan))
    and (len($persona) = 0 or list_contains($persona, marts.persona))
group by marts.month, marts.touchpoint, marts.question, marts.score
order by marts.month, line, marts.question, marts.score

-- name: monthly_answers
-- Grain: one row per month, touchpoint (line), question and score, counted from the answers.
-- Parameters: as monthly_scores, without $cut.
select
    answers.month,
    answers.touchpoint as line,
    answers.question,
    answers.score,
    count(*)::bigint as answers,
    sum(coalesce(answers.weight, 1)) as weight_sum,
    sum(coalesce(answers.weight, 1) * coalesce(answers.weight, 1)) as weight_sq_sum
from answers
join questions on questions.question = answers.question
join profiles on profiles.profile = answers.profile
where answers.state = 'rated'
    and questions.metric = $metric
    and answers.month <= $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by answers.month, answers.touchpoint, answers.question, answers.score
order by answers.month, line, answers.question, answers.score

-- name: question_scales
-- Grain: one row per question and scale of a metric.
-- Parameters: $metric.
select
    question,
    asked_as,
    coalesce(touchpoint, '') as about,
    label,
    metric,
    scale_min,
    scale_max,
    favourable_from,
    higher_is_better
from questions
where metric = $metric

-- name: relationship_answers
-- Grain: one row: how many rows the NPS question about no touchpoint has.
select count(*) as asked
from monthly_scores
join questions on questions.question = monthly_scores.question
where monthly_scores.cut = 'none' and questions.metric = 'nps' and monthly_scores.touchpoint = ''

-- name: action_starts
-- Grain: one row per improvement action.
select
    action_id,
    title,
    touchpoint,
    segment,
    coalesce(metric, '') as metric,
    started_on
from actions
order by started_on, action_id
