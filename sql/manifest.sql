-- What the manifest says of a release, besides its files. `local_time` is the company's clock.

-- name: matched
-- Grain: one row per table that names customers: rows with a customer, and those found among the customers.
with known as (
    select distinct customer from scorecard.customers
)
select 'surveys' as table_name, count(surveys.customer) as stated, count(known.customer) as matched
from scorecard.surveys as surveys left join known on known.customer = surveys.customer
union all
select 'interactions', count(interactions.customer), count(known.customer)
from scorecard.interactions as interactions left join known on known.customer = interactions.customer
union all
select 'subscriptions', count(subscriptions.customer), count(known.customer)
from scorecard.subscriptions as subscriptions left join known on known.customer = subscriptions.customer
union all
select 'revenue', count(revenue.customer), count(known.customer)
from scorecard.revenue as revenue left join known on known.customer = revenue.customer

-- name: newest
-- Grain: one row. The newest event on the company's clock.
select max(newest) as data_to
from (
    select local_time(max(coalesce(responded_at, sent_at)))::date as newest from scorecard.surveys
    union all
    select local_time(max(occurred_at))::date from scorecard.interactions
)
