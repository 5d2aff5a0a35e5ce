"""What English-speaking customers write: an opening, what happened, an ending."""

from __future__ import annotations

BUT = ", but "

OPENINGS = {
    "good": (
        "",
        "",
        "",
        "Honestly, ",
        "All good: ",
        "Once again, ",
        "Thank you, ",
        "Just to say that ",
        "Great, ",
    ),
    "mixed": ("", "", "", "To be fair, ", "Well, ", "On the whole, ", "A mixed bag: ", "So far "),
    "bad": ("", "", "", "Sorry to say, ", "I am disappointed: ", "Really, ", "Not good enough, ", "Sadly, "),
}
ENDINGS = {
    "good": (
        "",
        "",
        "",
        "Keep it up!",
        "I'd recommend you any day.",
        "Five stars.",
        "Thanks, team.",
        "No complaints.",
    ),
    "mixed": (
        "",
        "",
        "",
        "You can do better.",
        "Room for improvement.",
        "Let's see next time.",
        "OK, nothing more.",
    ),
    "bad": (
        *(
            "",
            "",
            "",
            "I expected more.",
            "Please fix this.",
            "I am thinking of leaving.",
            "Never again like this.",
        ),
        "Does anybody read this?",
    ),
}
HAPPENED = {
    "website": {
        "good": (
            "I found the right frame size in two minutes",
            "the comparison of models is very clear",
            "prices, sizes and stock are all where I looked for them",
        ),
        "bad": (
            "the search shows bicycles that are out of stock",
            "the page kept jumping on my phone",
            "I could not find the weight of the bike, the one thing I wanted to know",
        ),
    },
    "checkout": {
        "good": (
            "ordering took me less than three minutes",
            "paying with my phone worked at the first try",
            "the summary before paying was clear, with all costs in it",
        ),
        "bad": (
            "my card was refused twice for no reason",
            "shipping costs appeared only on the last page",
            'the discount code "SPRING10" did not work',
            "I had to type my address three times",
        ),
    },
    "delivery": {
        "good": (
            "it arrived a day early and well packed",
            "the driver called before coming, very kind",
            "the parcel came exactly in the hour that was announced",
            "tracking told me at every step where my bike was",
        ),
        "bad": (
            "the parcel came four days late, and nobody told me",
            "the box was open and a pedal was missing",
            'tracking said "delivered" while I was still waiting at the door',
            "the driver left my bike with a neighbour I do not know",
            "the frame was scratched when it arrived",
        ),
    },
    "strike": {
        "good": ("it came in spite of the strike", "late because of the strike, yet I was kept informed"),
        "bad": (
            "two weeks late because of the strike, and not one message from you",
            "I know there is a strike, still nobody could say where my bike was",
            "the strike is not your fault, the silence is",
        ),
    },
    "workshop": {
        "good": (
            "brakes and gears are like new",
            "they explained what they did, and showed me the worn parts",
            "picked up at nine, back at noon, perfect",
        ),
        "bad": (
            "the gears slip again after two days",
            "I waited a week for a simple brake cable",
            "they called me about a repair I had not asked for",
        ),
    },
    "support_call": {
        "good": (
            "the colleague on the phone solved it in five minutes",
            "somebody picked up at once and knew my case",
            "very patient with my questions",
        ),
        "bad": (
            "I hung on for ages listening to the same tune",
            "I had to explain everything twice, to two people",
            'I was told "we will call you back" and nobody did',
            "friendly, yes, solved, no",
        ),
    },
    "support_chat": {
        "good": (
            "the chat answered quickly and to the point",
            "I got the link I needed straight away",
            "good to have it all in writing",
        ),
        "bad": (
            "the chat kept sending me the same article",
            "after twenty minutes the chat simply closed",
            "I asked about a spare part, got an answer about invoices",
        ),
    },
    "returns": {
        "good": ("sending it back was simple and free", "the refund was there after three days"),
        "bad": (
            "I am still waiting for my money, five weeks now",
            "no label in the box, no printer at home, so what now",
            "they sent the same wrong size again",
        ),
    },
    "billing": {
        "good": ("the invoice is clear", "a wrong charge was put right the same day"),
        "bad": (
            "I was charged twice in one month",
            "the invoice has lines that nobody can explain",
            "the price went up without a word",
        ),
    },
    "renewal": {
        "good": ("the offer was fair and no one pushed me", "a good price for another year"),
        "bad": (
            "new customers pay less than I do after three years",
            "the offer came late, with a higher price",
        ),
    },
    "relationship": {
        "good": (
            "Rueda makes my way to work better every day",
            "the service is part of the price, and worth it",
            "my whole family rides your bikes now",
            "whenever something breaks you are there",
        ),
        "bad": (
            "I do not get what I pay for",
            "each department tells me something else",
            "it was better two years ago",
            "other shops are cheaper and answer faster",
        ),
    },
    "product_use": {
        "good": (
            "the bike rides beautifully",
            "not one puncture in a year",
            "light, quiet, and it looks good",
        ),
        "bad": (
            "the saddle came loose after a month",
            "the battery hardly lasts",
            "the chain rusts far too soon",
        ),
    },
    "app": {
        "good": ("I book the workshop in the app in seconds", "the route planner is great"),
        "bad": ("the app logs me out every week", "the app lost my bookings"),
    },
    "price": {
        "good": ("for what I pay I get a lot", "a fair price compared with others"),
        "bad": ("it has become too expensive for me", "on my budget it is too much for a bike"),
    },
}
