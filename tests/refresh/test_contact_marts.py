"""Marts about contacts in their order: written-out contacts in, counts out."""

from __future__ import annotations

from datetime import date

STAGES = [
    {"touchpoint": "call", "stage": "help"},
    {"touchpoint": "chat", "stage": "help"},
    {"touchpoint": "delivery", "stage": "buy"},
]


def contacts(
    *rows: tuple[str, str, str], customer: int = 1, resolved: bool | None = None
) -> list[dict[str, object]]:
    """Contacts of one customer: day of March 2024, touchpoint, channel."""
    return [
        {"customer": customer, "interaction_id": day, "occurred_at": f"2024-03-{day} 12:00:00",
         "touchpoint": touchpoint, "channel": channel, "resolved": resolved, "record": int(day)}
        for day, touchpoint, channel in rows
    ]  # fmt: skip


def kinds(marts, where="cut = 'none'"):
    marts.build("monthly_disconnections")
    rows = marts.rows(
        f"""select kind, sum(base)::integer, sum(events)::integer from monthly_disconnections where {where}
            group by kind"""
    )
    return {kind: (base, events) for kind, base, events in rows}


def test_a_contact_repeats_the_one_before_at_its_touchpoint_whatever_lies_between(marts):
    """Calls on the 1st, 6th and 20th, a delivery on the 3rd: the second call repeats within 7 days, the third
    within 30. Until the newest contact of the data, on the 20th, seven days have passed for those up to the 13th."""
    marts.insert("touchpoints", STAGES)
    marts.insert(
        "interactions",
        contacts(
            ("01", "call", "phone"),
            ("03", "delivery", "courier"),
            ("06", "call", "phone"),
            ("20", "call", "phone"),
        ),
    )
    assert kinds(marts) == {
        "repeated_7": (4, 1), "repeated_30": (4, 2), "switched_7": (4, 0), "back_7": (3, 1),
    }  # fmt: skip


def test_a_switch_is_another_channel_within_a_stage_and_a_week(marts):
    """Chat after a call on the web: a switch. A courier after the web: another stage. A call 8 days later: none.
    A channel that nobody stated is no switch."""
    marts.insert("touchpoints", STAGES)
    marts.insert(
        "interactions",
        contacts(("01", "call", "phone"), ("04", "chat", "web"), ("05", "delivery", "courier")),
    )
    marts.insert("interactions", contacts(("01", "call", "phone"), ("09", "chat", "web"), customer=2))
    marts.insert("interactions", contacts(("01", "call", ""), ("02", "call", "web"), customer=3))
    assert kinds(marts, "cut = 'none' and touchpoint = 'chat'")["switched_7"] == (2, 1)
    assert kinds(marts)["switched_7"] == (7, 1)


def test_a_return_is_counted_of_settled_contacts_with_a_week_behind_them(marts):
    """Settled on the 1st and back on the 5th: a return; the one of the 5th has no following one by the 20th; that of
    the 20th is too young to tell."""
    marts.insert(
        "interactions",
        contacts(("01", "call", "phone"), ("05", "call", "phone"), ("20", "call", "phone"), resolved=True),
    )
    marts.insert(
        "interactions", contacts(("02", "call", "phone"), ("03", "call", "phone"), customer=2, resolved=False)
    )
    assert kinds(marts)["returned_7"] == (2, 1)


def test_sums_of_squares_are_those_of_customers_at_a_touchpoint(marts):
    """One customer with three calls of which two repeat, another with one call: 3 and 1 contacts, 2 and 0 events.
    Squares 9 + 1, product 6, squares of events 4."""
    marts.insert(
        "interactions", contacts(("01", "call", "phone"), ("02", "call", "phone"), ("03", "call", "phone"))
    )
    marts.insert("interactions", contacts(("01", "call", "phone"), customer=2))
    marts.build("monthly_disconnections")
    assert marts.rows(
        """select customers, base, events, base_sq, base_events, events_sq from monthly_disconnections
           where cut = 'none' and kind = 'repeated_7'"""
    ) == [(2, 4, 2, 10.0, 6.0, 4.0)]


def test_what_was_met_before_a_decision_per_touchpoint(marts):
    """Two calls, a delivery and, within the lead time of the decision of 1 May, a chat that must not count. Waits at
    the calls are 1 and 30 minutes: the second is longer than nine in ten there."""
    marts.insert("subscriptions", [{"due_on": "2024-05-01", "outcome": "churned"}])
    rows = contacts(("01", "call", "phone"), ("02", "call", "phone"), ("03", "delivery", "courier"))
    for row, wait in zip(rows, (1, 30, 0), strict=True):
        row.update(wait_minutes=wait, is_complaint=wait == 30)
    late = {**rows[0], "touchpoint": "chat", "occurred_at": "2024-04-15 12:00:00"}
    marts.insert("interactions", [*rows, late])
    marts.build("renewal_contacts", "renewal_paths")
    assert marts.rows(
        """select touchpoint, contacts, complaints, long_waits, repeat_contacts_7_days, longest_wait_minutes,
               last_contact_on
           from renewal_contacts order by touchpoint"""
    ) == [
        ("call", 2, 1, 1, 1, 30.0, date(2024, 3, 2)),
        ("delivery", 1, 0, 0, 0, 0.0, date(2024, 3, 3)),
    ]
    assert marts.rows("select last_1, last_2, last_3, last_4 from renewal_paths") == [
        ("delivery", "call", "call", None)
    ]


def test_customers_in_parts_give_what_all_at_once_give(marts):
    """Nine customers, one to three at a time: the same marts, row by row."""
    for customer in range(1, 10):
        days = [f"{day:02d}" for day in range(customer, 29, customer + 1)]
        marts.insert(
            "interactions",
            contacts(
                *((day, "call" if int(day) % 2 else "chat", "phone") for day in days), customer=customer
            ),
        )
        marts.insert(
            "subscriptions",
            [
                {
                    "subscription_id": f"u{customer}",
                    "customer": customer,
                    "due_on": "2024-05-01",
                    "outcome": "renewed",
                }
            ],
        )
    names = ("monthly_disconnections", "renewal_contacts", "renewal_paths", "renewal_observations")
    found = []
    for at_once in (1_000, 20, 5):
        marts.build(*names, at_once=at_once)
        found.append([marts.rows(f"select * from {name} order by all") for name in names])
    assert found[0] == found[1] == found[2]
    assert all(rows for rows in found[0])
