"""Readable tables."""

from collections.abc import Sequence


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[object]], *notes: str) -> None:
    """Prints a Markdown table, the first column to the left and the others to the right, and the notes below it."""
    cells = [list(head), *([_text(value) for value in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    print(f"\n### {title}\n")
    for number, row in enumerate(cells):
        print("| " + " | ".join(_padded(text, widths[place], place) for place, text in enumerate(row)) + " |")
        if number == 0:
            print(
                "|"
                + "|".join("-" * (width + 1) + ("-" if place == 0 else ":") for place, width in enumerate(widths))
                + "|"
            )
    for note in notes:
        print(f"\n{note}")
    print(flush=True)


def _padded(text: str, width: int, place: int) -> str:
    return text.ljust(width) if place == 0 else text.rjust(width)


def _text(value: object) -> str:
    if isinstance(value, float):
        if value >= 1000:
            return f"{value:,.0f}"
        return f"{value:.1f}" if value >= 10 else f"{value:.4g}" if value < 0.1 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def verdict(what: str, *, got: float, most: float | None = None, least: float | None = None) -> str:
    """One line: what was expected, what came out, and whether that holds."""
    holds = (most is None or got <= most) and (least is None or got >= least)
    bound = f"at most {most:g}" if most is not None else f"at least {least:g}"
    return f"- {'holds' if holds else 'FALLS SHORT'}: {what}: {got:.3g} (expected {bound})"
