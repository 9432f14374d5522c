"""Forms that are filled at one submission, each with a recorded run."""
