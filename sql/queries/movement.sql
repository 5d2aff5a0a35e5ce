-- Counts for what moved. The statements over `monthly_scores` serve filters and groups of at most one
-- customer dimension; those over `answers` join the profiles and serve any number of them. An empty list
-- keeps every value of its dimension. The overall NPS is that of the relationship question, the one about
-- no touchpoint, where it is asked; touchpoints come in where they are grouped or filtered by.

-- name: compared_scores
-- Grain: one row per period (before, after), line, across, question and score.
-- Parameters: $cut, $questions, $overall_questions (those among them that count only where they were asked about
-- no touchpoint), $first_month, $last_month, $before_first, $before_last, $by, $across and a list per dimension.
select
    case when month >= $first_month then 'after' else 'before' end as period,
    case $by
        when '' then ''::code
        when 'touchpoint' then touchpoint
        when 'channel' then channel
        else coalesce(segment, region, plan, persona)
    end as line,
    case $across
        when '' then ''::code
        when 'touchpoint' then touchpoint
        when 'channel' then channel
        else coalesce(segment, region, plan, persona)
    end as across,
    question,
    score,
    sum(answers)::bigint as answers,
    sum(weight_sum) as weight_sum,
    sum(weight_sq_sum) as weight_sq_sum
from monthly_scores
where cut = $cut::code
    and list_contains(try_cast($questions as code[]), question)
    and (month between $first_month and $last_month or month between $before_first and $before_last)
    and (touchpoint = '' or not list_contains(try_cast($overall_questions as code[]), question))
    and (len($touchpoint) = 0 or list_contains(try_cast($touchpoint as code[]), touchpoint))
    and (len($channel) = 0 or list_contains(try_cast($channel as code[]), channel))
    and (len($segment) = 0 or list_contains(try_cast($segment as code[]), segment))
    and (len($region) = 0 or list_contains(try_cast($region as code[]), region))
    and (len($plan) = 0 or list_contains(try_cast($plan as code[]), plan))
    and (len($persona) = 0 or list_contains(try_cast($persona as code[]), persona))
group by period, line, across, question, score
order by period, line, across, question, score

-- name: compared_answers
-- Grain: one row per period (before, after), line, across, question and score, counted from the answers.
-- Parameters: as compared_scores, without $cut.
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
join profiles on profiles.profile = answers.profile
where answers.state = 'rated'
    and list_contains($questions, answers.question)
    and (
        answers.month between $first_month and $last_month
        or answers.month between $before_first and $before_last
    )
    and (answers.touchpoint = '' or not list_contains($overall_questions, answers.question))
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
-- Parameters: $cut, $questions, $last_month and a list per dimension.
select
    month,
    touchpoint as line,
    question,
    score,
    sum(answers)::bigint as answers,
    sum(weight_sum) as weight_sum,
    sum(weight_sq_sum) as weight_sq_sum
from monthly_scores
where cut = $cut::code
    and list_contains(try_cast($questions as code[]), question)
    and month <= $last_month
    and (len($touchpoint) = 0 or list_contains(try_cast($touchpoint as code[]), touchpoint))
    and (len($channel) = 0 or list_contains(try_cast($channel as code[]), channel))
    and (len($segment) = 0 or list_contains(try_cast($segment as code[]), segment))
    and (len($region) = 0 or list_contains(try_cast($region as code[]), region))
    and (len($plan) = 0 or list_contains(try_cast($plan as code[]), plan))
    and (len($persona) = 0 or list_contains(try_cast($persona as code[]), persona))
group by month, line, question, score
order by month, line, question, score

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
join profiles on profiles.profile = answers.profile
where answers.state = 'rated'
    and list_contains($questions, answers.question)
    and answers.month <= $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by answers.month, answers.touchpoint, answers.question, answers.score
order by answers.month, line, answers.question, answers.score

-- name: answered_months
-- Grain: one row per month with rated answers.
select distinct month
from monthly_scores
where cut = 'none'
order by month

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
