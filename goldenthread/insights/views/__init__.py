"""The pages that sum up: home, the strategy on a page, a priority, a person, a unit."""
