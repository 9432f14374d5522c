"""The names of the references, to be put into the prompt."""
