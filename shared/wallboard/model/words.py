"""Words for people: figures, and counts with their nouns."""


def counted(count: int, noun: str) -> str:
    """`1 rating`, `2 ratings`, `0 abilities`."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """`ratings`, `abilities`."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def figure(number: float) -> str:
    """`1,234.5`, `7`: in plain digits, to one decimal where it has one."""
    return f"{number:,.1f}".removesuffix(".0")
