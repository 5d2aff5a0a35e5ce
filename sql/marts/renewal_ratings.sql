-- name: renewal_ratings
-- Grain: one row per decided term and question that its customer was asked in the look-back window:
-- the last score before the decision, how often it was rated, and the last state where it was not.
-- Parameters: none; the windows are those of renewal_observations.
with asked as (
    select
        observation.subscription_id,
        observation.term,
        answers.question,
        answers.touchpoint,
        answers.score,
        answers.state,
        answers.answered_at,
        row_number() over (
            partition by observation.subscription_id, observation.term, answers.question, answers.touchpoint
            order by case when answers.state = 'rated' then 0 else 1 end, answers.answered_at desc, answers.survey_id
        ) as place,
        sum(case when answers.state = 'rated' then 1 else 0 end) over (
            partition by observation.subscription_id, observation.term, answers.question, answers.touchpoint
        ) as ratings
    from renewal_observations as observation
    join answers
        on answers.customer = observation.customer
        and answers.answered_at >= observation.known_from
        and answers.answered_at < observation.known_to
)
select
    subscription_id,
    term,
    question,
    touchpoint,
    state,
    score,
    answered_at::date as answered_on,
    ratings::integer as ratings
from asked
where place = 1
order by subscription_id, term, question, touchpoint
