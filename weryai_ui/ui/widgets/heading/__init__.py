"""The title, what a press costs, and the switches for language and light."""
