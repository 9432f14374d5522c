"""The page that shows results to somebody who knows nothing: one document, no Gradio, no script needed."""
