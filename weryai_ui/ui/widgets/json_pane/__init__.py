"""One JSON body or answer, as text."""
