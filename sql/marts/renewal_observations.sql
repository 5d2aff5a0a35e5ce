-- name: renewal_observations
-- Grain: one row per decided term of a subscription, with what was known of its customer before the
-- decision, in its window.
with experience as (
    select
        subscription_id,
        term,
        sum(contacts) as contacts,
        sum(complaints) as complaints,
        sum(unresolved) as unresolved,
        sum(repeat_contacts_7_days) as repeat_contacts_7_days,
        sum(channel_switches_7_days) as channel_switches_7_days,
        sum(wait_minutes) as wait_minutes,
        max(longest_wait_minutes) as longest_wait_minutes,
        max(last_contact_on) as last_contact_on
    from renewal_contacts
    group by subscription_id, term
), first_terms as (
    select customer, min(started_on) as first_started_on
    from subscriptions
    group by customer
)
select
    decisions.subscription_id,
    decisions.term,
    decisions.customer,
    decisions.profile,
    decisions.month,
    decisions.due_on,
    decisions.decided_on,
    decisions.known_from,
    decisions.known_to,
    decisions.outcome,
    decisions.annual_value,
    decisions.annual_margin,
    decisions.product,
    (decisions.due_on - first_terms.first_started_on)::integer as tenure_days,
    coalesce(experience.contacts, 0)::integer as contacts,
    coalesce(experience.complaints, 0)::integer as complaints,
    coalesce(experience.unresolved, 0)::integer as unresolved,
    coalesce(experience.repeat_contacts_7_days, 0)::integer as repeat_contacts_7_days,
    coalesce(experience.channel_switches_7_days, 0)::integer as channel_switches_7_days,
    experience.wait_minutes,
    experience.longest_wait_minutes,
    experience.last_contact_on
from renewal_windows as decisions
join first_terms on first_terms.customer = decisions.customer
left join experience
    on experience.subscription_id = decisions.subscription_id
    and experience.term = decisions.term
order by decisions.due_on, decisions.subscription_id, decisions.term
