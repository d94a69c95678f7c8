"""Numbers with their nouns, as messages write them."""


def counted(count: int, noun: str) -> str:
    """Write a number with its noun: `1 device`, `1,000 devices`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
