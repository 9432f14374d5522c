"""The request as code to take away."""
