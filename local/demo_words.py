"""The words and weights of the demo's activity: who writes, when, about what. All of it is made up."""

import random

WEEK = (1.0, 1.05, 1.0, 0.98, 0.9, 0.4, 0.3)
"""How busy a day is, Monday first."""

HOURS = (0, 0, 0, 0, 0, 0, 0, 1, 4, 8, 10, 9, 6, 7, 9, 10, 8, 6, 4, 2, 0, 0, 0, 0)
"""How busy an hour is (UTC). Nobody writes at night."""

TURNS = (30, 18, 14, 10, 7, 5, 4, 3, 2, 2, 2, 1, 1, 1)
"""How many conversations have one message of the user, two, three…"""

CHANNELS = {"web": 60, "app": 25, "whatsapp": 10, "voice": 5}

TOOLS = {
    "bot-desk": ("find_opening_hours", "book_appointment", "hand_over_to_person"),
    "bot-orders": ("look_up_order", "look_up_parcel", "change_address"),
    "bot-billing": ("look_up_invoice", "create_refund", "hand_over_to_person"),
    "bot-docs": ("search_docs", "open_page"),
}

UP = ("Solved it", "Quick answer", "Friendly", "Knew my order at once", "No waiting in line")
DOWN = (
    "Did not understand me",
    "Went in circles",
    "Wanted a person",
    "Wrong answer",
    "Charged twice, and it says all is well",
)
"""The last one is that of the bad day."""

RESOURCES = (
    ("dataset", "Help centre", 930, 1000),
    ("dataset", "Product catalogue", 4200, 5000),
    ("dataset", "Terms and policies", 120, 500),
    ("record", "All records", 5250, 10_000),
    ("file", "Uploads", 340, 400),
    ("skillset", "Order tools", 0, 0),
    ("skillset", "Billing tools", 0, 0),
    ("ability", "Look up an order", 0, 0),
    ("ability", "Create a refund", 0, 0),
    ("portal", "Customer portal", 0, 0),
    ("blueprint", "Service desk", 0, 0),
    ("widget", "Website bubble", 0, 0),
)
"""Type, name, count in the end and its limit (0: none)."""

_FIRST = (
    "Ada Amina Anton Bea Bruno Carla Chen Dana Elif Emil Farid Greta Hana Ines Ivo Jonas Kaito Lena Lucia Malik Mara Milo "
    "Nadia Noor Olga Oskar Paula Priya Quentin Rania Rosa Samir Sofia Tariq Thea Uma Viktor Wanda Yara Zoe"
)
_LAST = (
    "Abara Bauer Bianchi Castro Dimitrov Eriksen Fischer Garcia Haddad Ito Jansen Kowalski Larsen Mbeki Moreau Novak "
    "Okafor Peters Quispe Rossi Sato Silva Tanaka Urban Vargas Weber Xu Yilmaz Zeman"
)


def person(rng: random.Random) -> str:
    """A first and a last name."""
    return f"{rng.choice(_FIRST.split())} {rng.choice(_LAST.split())}"
