"""A request in from elsewhere, and out to elsewhere."""
