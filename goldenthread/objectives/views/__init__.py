"""Pages of objectives and cycles. Reads are the selectors', writes the services'."""
