"""The references as one sees them: pictures, clips and sounds in the order in which they are sent."""
