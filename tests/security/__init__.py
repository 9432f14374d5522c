"""A public page that cannot be robbed: what is promised in docs/security.md, tried."""
