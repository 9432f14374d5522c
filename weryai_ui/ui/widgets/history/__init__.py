"""Everything that this visitor ever submitted."""
