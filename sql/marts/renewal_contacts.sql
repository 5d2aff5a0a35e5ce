-- name: renewal_contacts
-- Grain: one row per decided term of a subscription and touchpoint that its customer met before the decision, in the
-- window of renewal_windows.
-- `long_waits` are contacts that waited longer than is usual at the touchpoint, as in usual_waits.
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
from renewal_windows as decisions
join contact_links as contacts
    on contacts.customer = decisions.customer
    and contacts.occurred_at >= decisions.known_from
    and contacts.occurred_at < decisions.known_to
left join usual_waits as usual on usual.touchpoint = contacts.touchpoint
group by decisions.subscription_id, decisions.term, contacts.touchpoint
order by decisions.subscription_id, decisions.term, contacts.touchpoint
