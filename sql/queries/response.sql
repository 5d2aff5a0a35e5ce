-- Who was asked, who answered and whom they stand for. Facts with the profile of the time: an empty list
-- keeps every value of its dimension.

-- name: invitations
-- Grain: one row per month of sending and line.
-- Parameters: $first_month, $last_month, $by and a list per dimension.
select
    surveys.sent_month as month,
    case $by
        when 'touchpoint' then surveys.touchpoint
        when 'channel' then surveys.channel
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as line,
    count(*)::bigint as invited,
    count(surveys.responded_at)::bigint as responded
from surveys
join profiles on profiles.profile = surveys.profile
where surveys.sent_at is not null
    and surveys.sent_month between $first_month and $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, surveys.touchpoint))
    and (len($channel) = 0 or list_contains($channel, surveys.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by surveys.sent_month, line
order by surveys.sent_month, line

-- name: customer_base
-- Grain: one row per combination of customer dimensions on the last day, with those who were customers on some day.
-- Whoever left before the first day is none of them: of each of their subscriptions, the last term begun was lost and
-- its due day, on which a lost term ends as in Economics, has passed. Customers without a term stay; so do those who
-- came back.
-- Parameters: $first_day, $last_day and a list per customer dimension.
with subscribed as (
    select
        customer,
        max_by(outcome = 'churned' and due_on < $first_day, term) as is_over
    from subscriptions
    where started_on <= $last_day
    group by customer, subscription_id
), gone as (
    select customer
    from subscribed
    group by customer
    having bool_and(is_over)
)
select
    profiles.segment,
    profiles.region,
    profiles.plan,
    profiles.persona,
    count(distinct customers.customer)::bigint as customers
from customers
join profiles on profiles.profile = customers.profile
anti join gone on gone.customer = customers.customer
where customers.valid_from <= $last_day
    and customers.valid_to > $last_day
    and (customers.acquired_on is null or customers.acquired_on <= $last_day)
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by profiles.segment, profiles.region, profiles.plan, profiles.persona
order by profiles.segment, profiles.region, profiles.plan, profiles.persona

-- name: asked_and_answered
-- Grain: one row per combination of customer dimensions, and whether the table customers lists the customers: surveys
-- sent, those of them that were answered, all answered, and their squares per customer.
-- Answered surveys count by the month in which they were sent, or answered where nobody noted the sending.
-- Parameters: $first_month, $last_month and a list per dimension.
with listed as (
    select distinct customer from customers
), people as (
    select
        surveys.customer,
        surveys.profile,
        count(surveys.sent_at) as invited,
        count(surveys.responded_at) filter (where surveys.sent_at is not null) as responded,
        count(surveys.responded_at) as answered
    from surveys
    join profiles on profiles.profile = surveys.profile
    where surveys.customer is not null
        and coalesce(surveys.sent_month, surveys.month) between $first_month and $last_month
        and (len($touchpoint) = 0 or list_contains($touchpoint, surveys.touchpoint))
        and (len($channel) = 0 or list_contains($channel, surveys.channel))
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by surveys.customer, surveys.profile
)
select
    profiles.segment,
    profiles.region,
    profiles.plan,
    profiles.persona,
    listed.customer is not null as listed,
    sum(people.invited)::bigint as invited,
    sum(people.invited * people.invited)::bigint as invited_sq,
    sum(people.responded)::bigint as responded,
    sum(people.answered)::bigint as answered,
    sum(people.answered * people.answered)::bigint as answered_sq
from people
join profiles on profiles.profile = people.profile
left join listed on listed.customer = people.customer
group by profiles.segment, profiles.region, profiles.plan, profiles.persona, listed.customer is not null
order by profiles.segment, profiles.region, profiles.plan, profiles.persona, listed

-- name: scores
-- Grain: one row per month, line, question, score and combination of customer dimensions.
-- The overall NPS is that of the relationship question, as on the scorecard. `anonymous` answers name no customer;
-- `known` ones name one whom the table customers lists.
-- Parameters: $first_month, $last_month, $metrics, $by and a list per dimension.
with relationship as (
    select count(*) as asked
    from monthly_scores
    join questions on questions.question = monthly_scores.question
    where monthly_scores.cut = 'none' and questions.metric = 'nps' and monthly_scores.touchpoint = ''
), listed as (
    select distinct customer from customers
)
select
    answers.month,
    case $by
        when 'touchpoint' then answers.touchpoint
        when 'channel' then answers.channel
        when 'segment' then profiles.segment
        when 'region' then profiles.region
        when 'plan' then profiles.plan
        when 'persona' then profiles.persona
        else ''
    end as line,
    answers.customer is null as anonymous,
    listed.customer is not null as known,
    profiles.segment,
    profiles.region,
    profiles.plan,
    profiles.persona,
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
left join listed on listed.customer = answers.customer
cross join relationship
where answers.state = 'rated'
    and answers.month between $first_month and $last_month
    and list_contains($metrics, questions.metric)
    and (
        questions.metric <> 'nps'
        or answers.touchpoint = ''
        or relationship.asked = 0
        or len($touchpoint) > 0
        or $by = 'touchpoint'
    )
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by
    answers.month, line, anonymous, known, profiles.segment, profiles.region, profiles.plan, profiles.persona,
    answers.question, questions.metric, questions.scale_min, questions.scale_max, questions.favourable_from,
    questions.higher_is_better, answers.score
order by answers.month, line, answers.question, answers.score

-- name: metric_response
-- Grain: one row per metric, month of sending and line: invitations that could have brought a score, and did.
-- An invitation nobody answered does not say what it asked. It counts for a metric where other surveys about
-- the same touchpoint, sent in these months, brought a score for that metric. The line is the touchpoint of
-- the answers, which a survey about the whole relationship may ask about, too.
-- Parameters: as scores; $by is '' or 'touchpoint'.
with relationship as (
    select count(*) as asked
    from monthly_scores
    join questions on questions.question = monthly_scores.question
    where monthly_scores.cut = 'none' and questions.metric = 'nps' and monthly_scores.touchpoint = ''
), asked as (
    select
        surveys.survey_id,
        surveys.sent_month,
        surveys.touchpoint
    from surveys
    join profiles on profiles.profile = surveys.profile
    where surveys.sent_at is not null
        and surveys.sent_month between $first_month and $last_month
        and (len($touchpoint) = 0 or list_contains($touchpoint, surveys.touchpoint))
        and (len($channel) = 0 or list_contains($channel, surveys.channel))
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
), scored as (
    select distinct
        answers.survey_id,
        questions.metric,
        case $by when 'touchpoint' then answers.touchpoint else '' end as line,
        asked.touchpoint
    from answers
    join questions on questions.question = answers.question
    join asked on asked.survey_id = answers.survey_id
    cross join relationship
    where answers.state = 'rated'
        and list_contains($metrics, questions.metric)
        and (
            questions.metric <> 'nps'
            or answers.touchpoint = ''
            or relationship.asked = 0
            or len($touchpoint) > 0
            or $by = 'touchpoint'
        )
), subjects as (
    select distinct metric, line, touchpoint from scored
)
select
    subjects.metric,
    asked.sent_month as month,
    subjects.line,
    count(*)::bigint as invited,
    count(scored.survey_id)::bigint as scored
from asked
join subjects on subjects.touchpoint = asked.touchpoint
left join scored
    on scored.survey_id = asked.survey_id
    and scored.metric = subjects.metric
    and scored.line = subjects.line
group by subjects.metric, asked.sent_month, subjects.line
order by subjects.metric, asked.sent_month, subjects.line

-- name: dimension_values
-- Grain: one row per customer dimension and value that customers or answers have, '' (not stated) aside.
select 'segment' as dimension, segment as value from profiles where segment <> '' group by segment
union all
select 'region', region from profiles where region <> '' group by region
union all
select 'plan', plan from profiles where plan <> '' group by plan
union all
select 'persona', persona from profiles where persona <> '' group by persona
union all
select 'touchpoint', touchpoint from surveys where touchpoint <> '' group by touchpoint
union all
select 'channel', channel from surveys where channel <> '' group by channel
order by dimension, value

-- name: targets
-- Grain: one row per metric with its newest target for all customers and touchpoints.
-- Parameters: $day.
with newest as (
    select metric, max(valid_from) as valid_from
    from targets
    where touchpoint = '' and segment = '' and valid_from <= $day
    group by metric
)
select targets.metric, targets.target
from targets
join newest on newest.metric = targets.metric and newest.valid_from = targets.valid_from
where targets.touchpoint = '' and targets.segment = ''
order by targets.metric
