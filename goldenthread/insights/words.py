"""Small numbers in words, for the first sentence of a page."""

from goldenthread.strategy.selectors.strategy import NUMBERS


def spelled(count: int) -> str:
    """ "three" for 3, "no" for 0; figures from eleven on."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)
