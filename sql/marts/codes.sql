-- name: codes
-- Grain: one row per text that a row of monthly_scores can name, in the order of the texts.
-- They become the type `code`: a small number to the engine, which groups by it at half the price, and text to
-- whoever reads the mart.
select code
from (
    select unnest(['', 'none', 'segment', 'region', 'plan', 'persona']) as code
    union
    select question from questions
    union
    select question from answers
    union
    select touchpoint from answers
    union
    select channel from answers
    union
    select segment from profiles
    union
    select region from profiles
    union
    select plan from profiles
    union
    select persona from profiles
) as named
where code is not null
order by code
