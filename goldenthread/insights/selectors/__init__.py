"""Reads across the rooms: the graph as it stands, and what each page that sums up is made of."""
