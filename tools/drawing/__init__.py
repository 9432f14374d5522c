"""Draws the pictures, clips and sounds of the examples, and records their runs in the sandbox."""
