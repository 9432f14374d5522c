"""The title, what a submission costs, and the switches for language and light."""
