"""State to words and view data. Pure: no Gradio, no clock of its own, nothing read from anywhere."""
