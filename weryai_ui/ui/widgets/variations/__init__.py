"""Several variants of the form as one plan: the dialog that makes one, and where each stands."""
