-- name: renewal_contacts
-- Grain: one row per decided term of a subscription and touchpoint that its customer met before the decision:
-- between $look_back_days + $lead_days and $lead_days before it came up.
-- `long_waits` are contacts that waited longer than $long_wait of all contacts at the touchpoint did.
-- Parameters: $lead_days, $look_back_days (days), $long_wait (0 to 1).
with decisions as (
    select
        subscription_id,
        term,
        customer,
        -- A term may be decided before it is due: nothing after the earlier of the two days explains it.
        least(due_on, coalesce(decided_on, due_on)) - $lead_days::integer as known_to,
        least(due_on, coalesce(decided_on, due_on)) - $lead_days::integer - $look_back_days::integer as known_from
    from subscriptions
    where outcome <> 'open'
), usual as (
    select touchpoint, percentile_cont($long_wait) within group (order by wait_minutes) as longest_usual
    from contact_links
    where wait_minutes is not null
    group by touchpoint
)
select
    decisions.subscription_id,
    decisions.term,
    contacts.touchpoint,
    count(*)::integer as contacts,
    sum(case when contacts.is_complaint then 1 else 0 end)::integer as complaints,
    sum(case when contacts.resolved = false then 1 else 0 end)::integer as unresolved,
    sum(case when contacts.wait_minutes > usual.longest_usual then 1 else 0 end)::integer as long_waits,
    sum(case when contacts.repeats_last then 1 else 0 end)::integer as repeat_contacts_7_days,
    sum(case when contacts.switched_7 then 1 else 0 end)::integer as channel_switches_7_days,
    sum(contacts.wait_minutes) as wait_minutes,
    max(contacts.wait_minutes) as longest_wait_minutes,
    max(contacts.occurred_at)::date as last_contact_on
from decisions
join contact_links as contacts
    on contacts.customer = decisions.customer
    and contacts.occurred_at >= decisions.known_from
    and contacts.occurred_at < decisions.known_to
left join usual on usual.touchpoint = contacts.touchpoint
group by decisions.subscription_id, decisions.term, contacts.touchpoint
order by decisions.subscription_id, decisions.term, contacts.touchpoint
