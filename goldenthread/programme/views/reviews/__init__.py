"""Leadership reviews: the list, preparing one, the agenda and minutes, what is captured, and what becomes of actions."""
