"""Everything that this visitor ever pressed."""
