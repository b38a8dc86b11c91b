"""Pages of decisions. Reads are the selectors', writes the services'."""
