"""Pages of results for others: made, changed, stopped."""
