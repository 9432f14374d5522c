"""A card for each submission."""
