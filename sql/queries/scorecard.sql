-- Counts for the scorecard: from the cut of the marts that serves a selection; where it names two customer
-- dimensions, from the facts. An empty list keeps every value of its dimension. `line` and `across` are the
-- dimensions that the answer is broken down by, '' where it is not.

-- name: score_counts
-- Grain: one row per month, line, across, question and score, for one customer dimension at most.
-- Parameters: $cut, $first_month, $last_month, $questions, $overall_questions (those among them that count
-- only where they were asked about no touchpoint), $by, $across and a list per dimension.
select
    month,
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
    and month between $first_month and $last_month
    and list_contains(try_cast($questions as code[]), question)
    and (touchpoint = '' or not list_contains(try_cast($overall_questions as code[]), question))
    and (len($touchpoint) = 0 or list_contains(try_cast($touchpoint as code[]), touchpoint))
    and (len($channel) = 0 or list_contains(try_cast($channel as code[]), channel))
    and (len($segment) = 0 or list_contains(try_cast($segment as code[]), segment))
    and (len($region) = 0 or list_contains(try_cast($region as code[]), region))
    and (len($plan) = 0 or list_contains(try_cast($plan as code[]), plan))
    and (len($persona) = 0 or list_contains(try_cast($persona as code[]), persona))
group by month, line, across, question, score
order by month, line, across, question, score

-- name: score_counts_of_answers
-- Grain: as score_counts, for any number of customer dimensions.
-- Parameters: as score_counts, without $cut.
with chosen as (
    select
        profile,
        case $by
            when 'segment' then segment when 'region' then region when 'plan' then plan when 'persona' then persona
        end as of_customer,
        case $across
            when 'segment' then segment when 'region' then region when 'plan' then plan when 'persona' then persona
        end as also_of_customer
    from profiles
    where (len($segment) = 0 or list_contains($segment, segment))
        and (len($region) = 0 or list_contains($region, region))
        and (len($plan) = 0 or list_contains($plan, plan))
        and (len($persona) = 0 or list_contains($persona, persona))
)
select
    answers.month,
    coalesce(
        chosen.of_customer, case $by when 'touchpoint' then answers.touchpoint when 'channel' then answers.channel else '' end
    ) as line,
    coalesce(
        chosen.also_of_customer,
        case $across when 'touchpoint' then answers.touchpoint when 'channel' then answers.channel else '' end
    ) as across,
    answers.question,
    answers.score,
    count(*) as answers,
    sum(coalesce(answers.weight, 1)) as weight_sum,
    sum(coalesce(answers.weight, 1) * coalesce(answers.weight, 1)) as weight_sq_sum
from answers
join chosen on chosen.profile = answers.profile
where answers.state = 'rated'
    and answers.month between $first_month and $last_month
    and list_contains($questions, answers.question)
    and (answers.touchpoint = '' or not list_contains($overall_questions, answers.question))
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
group by answers.month, line, across, answers.question, answers.score
order by answers.month, line, across, answers.question, answers.score

-- name: asked_about_no_touchpoint
-- Grain: one row per question that was answered about no touchpoint.
select distinct question
from monthly_scores
where cut = 'none' and touchpoint = ''
order by question

-- name: invitation_counts
-- Grain: one row per month of sending, line and across, for one customer dimension at most.
-- Parameters: as score_counts, without the questions.
select
    month,
    case $by
        when '' then ''
        when 'touchpoint' then touchpoint
        when 'channel' then channel
        else coalesce(segment, region, plan, persona)
    end as line,
    case $across
        when '' then ''
        when 'touchpoint' then touchpoint
        when 'channel' then channel
        else coalesce(segment, region, plan, persona)
    end as across,
    sum(invited)::bigint as invited,
    sum(responded)::bigint as responded
from monthly_invitations
where cut = $cut
    and month between $first_month and $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, touchpoint))
    and (len($channel) = 0 or list_contains($channel, channel))
    and (len($segment) = 0 or list_contains($segment, segment))
    and (len($region) = 0 or list_contains($region, region))
    and (len($plan) = 0 or list_contains($plan, plan))
    and (len($persona) = 0 or list_contains($persona, persona))
group by month, line, across
order by month, line, across

-- name: invitation_counts_of_surveys
-- Grain: as invitation_counts, for any number of customer dimensions.
-- Parameters: as invitation_counts, without $cut.
with chosen as (
    select
        profile,
        case $by
            when 'segment' then segment when 'region' then region when 'plan' then plan when 'persona' then persona
        end as of_customer,
        case $across
            when 'segment' then segment when 'region' then region when 'plan' then plan when 'persona' then persona
        end as also_of_customer
    from profiles
    where (len($segment) = 0 or list_contains($segment, segment))
        and (len($region) = 0 or list_contains($region, region))
        and (len($plan) = 0 or list_contains($plan, plan))
        and (len($persona) = 0 or list_contains($persona, persona))
)
select
    surveys.sent_month as month,
    coalesce(
        chosen.of_customer, case $by when 'touchpoint' then surveys.touchpoint when 'channel' then surveys.channel else '' end
    ) as line,
    coalesce(
        chosen.also_of_customer,
        case $across when 'touchpoint' then surveys.touchpoint when 'channel' then surveys.channel else '' end
    ) as across,
    count(*) as invited,
    count(surveys.responded_at) as responded
from surveys
join chosen on chosen.profile = surveys.profile
where surveys.sent_at is not null
    and surveys.sent_month between $first_month and $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, surveys.touchpoint))
    and (len($channel) = 0 or list_contains($channel, surveys.channel))
group by surveys.sent_month, line, across
order by surveys.sent_month, line, across

-- name: renewal_counts
-- Grain: one row per month in which terms came up, line and across.
-- Parameters: as invitation_counts, without $touchpoint and $channel: a term has neither. Any cut, 'all' included.
select
    month,
    case $by
        when 'segment' then segment
        when 'region' then region
        when 'plan' then plan
        when 'persona' then persona
        else ''
    end as line,
    case $across
        when 'segment' then segment
        when 'region' then region
        when 'plan' then plan
        when 'persona' then persona
        else ''
    end as across,
    sum(due)::bigint as due,
    sum(renewed)::bigint as renewed,
    sum(churned)::bigint as churned,
    sum(open_terms)::bigint as open_terms,
    sum(valued)::bigint as valued,
    sum(value_due) as value_due,
    sum(value_kept) as value_kept,
    sum(value_next) as value_next,
    sum(value_due_sq) as value_due_sq,
    sum(value_kept_sq) as value_kept_sq,
    sum(value_next_sq) as value_next_sq,
    sum(value_due_kept) as value_due_kept,
    sum(value_due_next) as value_due_next,
    sum(unknown_next)::bigint as unknown_next
from monthly_renewals
where cut = $cut
    and month between $first_month and $last_month
    and (len($segment) = 0 or list_contains($segment, segment))
    and (len($region) = 0 or list_contains($region, region))
    and (len($plan) = 0 or list_contains($plan, plan))
    and (len($persona) = 0 or list_contains($persona, persona))
group by month, line, across
order by month, line, across

-- name: months
-- Grain: one row per month with answers, invitations, contacts or terms that were decided.
select
    month,
    sum(answers)::bigint as answers,
    sum(invited)::bigint as invited,
    sum(contacts)::bigint as contacts,
    sum(decided)::bigint as decided
from (
    select month, answers, 0 as invited, 0 as contacts, 0 as decided from monthly_scores where cut = 'none'
    union all
    select month, 0, invited, 0, 0 from monthly_invitations where cut = 'none'
    union all
    select month, 0, 0, contacts, 0 from monthly_interactions where cut = 'none'
    union all
    select month, 0, 0, 0, renewed + churned from monthly_renewals where cut = 'none' and renewed + churned > 0
) as counted
group by month
order by month

-- name: dimension_values
-- Grain: one row per dimension and value that occurs, with the answers it has.
select 'touchpoint' as dimension, touchpoint as value, sum(answers)::bigint as answers
from monthly_scores where cut = 'none' group by touchpoint
union all
select 'channel', channel, sum(answers)::bigint from monthly_scores where cut = 'none' group by channel
union all
select 'segment', segment, sum(answers)::bigint from monthly_scores where cut = 'segment' group by segment
union all
select 'region', region, sum(answers)::bigint from monthly_scores where cut = 'region' group by region
union all
select 'plan', plan, sum(answers)::bigint from monthly_scores where cut = 'plan' group by plan
union all
select 'persona', persona, sum(answers)::bigint from monthly_scores where cut = 'persona' group by persona
order by dimension, value

-- name: questions
-- Grain: one row per question and scale, with the months in which it was answered.
select
    questions.question,
    questions.asked_as,
    questions.metric,
    questions.label,
    coalesce(questions.touchpoint, '') as touchpoint,
    questions.scale_min,
    questions.scale_max,
    questions.higher_is_better,
    questions.favourable_from,
    questions.valid_from,
    coalesce(questions.factor, '') as factor,
    asked.first_month,
    asked.last_month,
    coalesce(asked.answers, 0)::bigint as answers
from questions
left join (
    select question, min(month) as first_month, max(month) as last_month, sum(answers) as answers
    from monthly_scores
    where cut = 'none'
    group by question
) as asked on asked.question = questions.question
order by questions.metric, questions.question

-- name: question_scales
-- Grain: one row per question and scale.
select question, metric, scale_min, scale_max, favourable_from, higher_is_better
from questions
order by question

-- name: touchpoints
-- Grain: one row per touchpoint that is declared, in the order of the journey.
select touchpoint, stage, stage_order, factor, owner, moment_of_truth, description
from touchpoints
order by stage_order nulls last, touchpoint

-- name: targets
-- Grain: one row per target.
select metric, touchpoint, segment, valid_from, target
from targets
order by metric, touchpoint, segment, valid_from

-- name: weighted_answers
-- Grain: one row: whether any answer carries a weight other than 1.
select coalesce(max(abs(weight_sum - answers)), 0) > 1e-9 as weighted
from monthly_scores
where cut = 'none'

-- name: restatements
-- Grain: one row per closed month, question and score whose count the release changed.
-- Of the NPS questions only those that make the overall NPS, as in score_counts.
with relationship as (
    select distinct monthly_scores.question
    from monthly_scores
    join questions on questions.question = monthly_scores.question
    where monthly_scores.cut = 'none' and questions.metric = 'nps' and monthly_scores.touchpoint = ''
)
select
    restatements.month,
    restatements.question,
    questions.metric,
    questions.scale_min,
    questions.scale_max,
    questions.favourable_from,
    questions.higher_is_better,
    restatements.score,
    restatements.answers_before,
    restatements.answers_after
from restatements
join questions on questions.question = restatements.question
left join relationship on relationship.question = restatements.question
where questions.metric <> 'nps'
    or relationship.question is not null
    or (select count(*) from relationship) = 0
order by restatements.month, restatements.question, restatements.score
