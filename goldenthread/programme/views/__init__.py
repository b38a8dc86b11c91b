"""Pages of the programme. Reads are the selectors', writes the services'."""
