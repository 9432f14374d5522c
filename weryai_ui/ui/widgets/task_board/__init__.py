"""A card for each press of *Generate*."""
