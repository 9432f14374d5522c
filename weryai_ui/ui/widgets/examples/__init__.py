"""Forms that are filled at one press, each with a recorded run."""
