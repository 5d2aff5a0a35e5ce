-- name: closed_counts
-- Grain: one row per month before $before, question and score.
-- Parameters: $before (date, first day of the month that was unfinished).
select
    month,
    question,
    score,
    sum(answers)::bigint as answers
from monthly_scores
where cut = 'none' and month < $before
group by month, question, score

-- name: restatements
-- Grain: one row per closed month, question and score whose count the new release changes.
-- Parameters: $before (date).
with earlier as (
    select month, question, score, answers from previous_counts
), later as (
    select month, question, score, sum(answers)::bigint as answers
    from scorecard.monthly_scores
    where cut = 'none' and month < $before
    group by month, question, score
)
select
    coalesce(earlier.month, later.month) as month,
    coalesce(earlier.question, later.question) as question,
    coalesce(earlier.score, later.score) as score,
    coalesce(earlier.answers, 0)::bigint as answers_before,
    coalesce(later.answers, 0)::bigint as answers_after
from earlier
full join later
    on later.month = earlier.month and later.question = earlier.question and later.score = earlier.score
where coalesce(earlier.answers, 0) <> coalesce(later.answers, 0)
order by month, question, score
