-- name: renewal_paths
-- Grain: one row per decided term of a subscription whose customer had a contact before the decision: the
-- touchpoints of the last four contacts, the last one first, in the window of renewal_windows.
with placed as (
    select
        observation.subscription_id,
        observation.term,
        contacts.touchpoint,
        row_number() over (
            partition by observation.subscription_id, observation.term
            order by contacts.occurred_at desc, contacts.touchpoint desc
        ) as place
    from renewal_windows as observation
    join contact_links as contacts
        on contacts.customer = observation.customer
        and contacts.occurred_at >= observation.known_from
        and contacts.occurred_at < observation.known_to
)
select
    subscription_id,
    term,
    max(case when place = 1 then touchpoint end) as last_1,
    max(case when place = 2 then touchpoint end) as last_2,
    max(case when place = 3 then touchpoint end) as last_3,
    max(case when place = 4 then touchpoint end) as last_4
from placed
where place <= 4
group by subscription_id, term
order by subscription_id, term
