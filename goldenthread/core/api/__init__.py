"""What every operation of the REST API shares: types, pages of a list, versions, safe repeats, problems, limits."""
