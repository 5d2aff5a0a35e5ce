-- The journey's second look: what customers had expected, and the teams behind a touchpoint. An empty list
-- keeps every value of its dimension.

-- name: expectation_pairs
-- Grain: one row per kind (touchpoint or factor), line and scale, over surveys that answered both.
-- The counterpart of an expectation is the satisfaction (csat, else rating) of the same survey, touchpoint,
-- scale and direction; where both questions state a factor it is the same, and about no touchpoint it must be.
-- Parameters: as score_counts_of_profiles, without $start_month.
with rated as (
    select
        answers.survey_id,
        answers.touchpoint,
        questions.metric,
        questions.factor as asked_factor,
        coalesce(questions.factor, touchpoints.factor, '') as factor,
        questions.scale_min,
        questions.scale_max,
        questions.higher_is_better,
        answers.score,
        coalesce(answers.weight, 1) as weight
    from answers
    join questions on questions.question = answers.question
    join profiles on profiles.profile = answers.profile
    left join touchpoints on touchpoints.touchpoint = answers.touchpoint
    where answers.state = 'rated'
        and answers.month between $first_month and $last_month
        and questions.metric in ('expectation', 'csat', 'rating')
        and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
        and (len($channel) = 0 or list_contains($channel, answers.channel))
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
), matched as (
    select
        expected.survey_id,
        expected.touchpoint,
        coalesce(expected.asked_factor, max(perceived.asked_factor), expected.factor) as factor,
        expected.scale_min,
        expected.scale_max,
        expected.higher_is_better,
        expected.weight,
        expected.score as expected,
        coalesce(
            avg(case when perceived.metric = 'csat' then perceived.score end), avg(perceived.score)
        ) as perceived
    from rated as expected
    join rated as perceived
        on perceived.survey_id = expected.survey_id
        and perceived.touchpoint = expected.touchpoint
        and perceived.scale_min = expected.scale_min
        and perceived.scale_max = expected.scale_max
        and perceived.higher_is_better = expected.higher_is_better
        and perceived.metric <> 'expectation'
        and coalesce(perceived.asked_factor, expected.asked_factor, '')
        = coalesce(expected.asked_factor, perceived.asked_factor, '')
        and (expected.touchpoint <> '' or expected.asked_factor = perceived.asked_factor)
    where expected.metric = 'expectation'
    group by
        expected.survey_id, expected.touchpoint, expected.asked_factor, expected.factor, expected.scale_min,
        expected.scale_max, expected.higher_is_better, expected.weight, expected.score
), per_survey as (
    -- A survey counts once in a line, however many expectations it asks for there.
    select
        'touchpoint' as kind,
        touchpoint as line,
        scale_min,
        scale_max,
        higher_is_better,
        survey_id,
        max(weight) as weight,
        avg(expected) as expected,
        avg(perceived) as perceived
    from matched
    where touchpoint <> ''
    group by touchpoint, scale_min, scale_max, higher_is_better, survey_id
    union all
    select
        'factor', factor, scale_min, scale_max, higher_is_better, survey_id, max(weight), avg(expected), avg(perceived)
    from matched
    where factor <> ''
    group by factor, scale_min, scale_max, higher_is_better, survey_id
)
select
    kind,
    line,
    scale_min,
    scale_max,
    higher_is_better,
    count(*)::bigint as pairs,
    sum(weight) as weight_sum,
    sum(weight * weight) as weight_sq_sum,
    sum(expected) as expected_sum,
    sum(perceived) as perceived_sum,
    sum(perceived - expected) as gap_sum,
    sum((perceived - expected) * (perceived - expected)) as gap_sq_sum,
    sum(weight * expected) as weighted_expected_sum,
    sum(weight * perceived) as weighted_perceived_sum,
    sum(weight * (perceived - expected)) as weighted_gap_sum,
    sum(weight * (perceived - expected) * (perceived - expected)) as weighted_gap_sq_sum
from per_survey
group by kind, line, scale_min, scale_max, higher_is_better
order by kind, line, scale_min, scale_max, higher_is_better

-- name: team_scores
-- Grain: one row per team, month of the contact, question and scale, for one customer dimension at most.
-- Parameters: $cut, $metric, $last_month and a list per dimension.
select
    scores.team,
    scores.month,
    scores.question,
    questions.scale_min,
    questions.scale_max,
    questions.higher_is_better,
    sum(scores.answers)::bigint as answers,
    sum(scores.score_sum)::double as score_sum
from monthly_team_scores as scores
join questions on questions.question = scores.question
where scores.cut = $cut
    and questions.metric = $metric
    and scores.month <= $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, scores.touchpoint))
    and (len($channel) = 0 or list_contains($channel, scores.channel))
    and (len($segment) = 0 or list_contains($segment, scores.segment))
    and (len($region) = 0 or list_contains($region, scores.region))
    and (len($plan) = 0 or list_contains($plan, scores.plan))
    and (len($persona) = 0 or list_contains($persona, scores.persona))
group by
    scores.team, scores.month, scores.question, questions.scale_min, questions.scale_max, questions.higher_is_better
order by scores.team, scores.month, scores.question

-- name: team_scores_of_answers
-- Grain: as team_scores, for any number of customer dimensions.
-- Parameters: as team_scores, without $cut.
select
    interactions.team,
    interactions.month,
    answers.question,
    questions.scale_min,
    questions.scale_max,
    questions.higher_is_better,
    count(*)::bigint as answers,
    sum(answers.score)::double as score_sum
from answers
join questions on questions.question = answers.question
join surveys on surveys.survey_id = answers.survey_id
join interactions on interactions.interaction_id = surveys.interaction_id
join profiles on profiles.profile = answers.profile
where answers.state = 'rated'
    and questions.metric = $metric
    and answers.touchpoint = interactions.touchpoint
    and interactions.team in (select team from employee_pulse where answers > 0)
    and interactions.month <= $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by
    interactions.team, interactions.month, answers.question, questions.scale_min, questions.scale_max,
    questions.higher_is_better
order by interactions.team, interactions.month, answers.question

-- name: team_pulse
-- Grain: one row per team, month and question that employees answered.
-- Parameters: $last_month.
select
    pulse.team,
    pulse.month,
    pulse.question,
    questions.scale_min,
    questions.scale_max,
    coalesce(questions.higher_is_better, true) as higher_is_better,
    pulse.answers::bigint as answers,
    pulse.score_sum
from employee_pulse as pulse
left join questions on questions.question = pulse.question
where pulse.answers > 0
    and pulse.month <= $last_month
order by pulse.team, pulse.month, pulse.question
