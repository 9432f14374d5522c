"""The smallest Gradio app, launched as the studio is: one box and one button that answers with a constant.

It imports nothing of the studio, and the same switches of Gradio are set for it from outside.
"""

from __future__ import annotations

import gradio as gr

ANSWER = "answered"


def main() -> None:
    """Serves until it is killed."""
    with gr.Blocks(title="Smallest", analytics_enabled=False) as page:
        box = gr.Textbox(label="Box", elem_id="box")
        button = gr.Button("Go", elem_id="go")
        button.click(lambda _: ANSWER, box, box, show_progress="hidden")
    page.queue(api_open=False)
    page.launch(
        max_threads=64,
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        ssr_mode=False,
        share=False,
    )


if __name__ == "__main__":
    main()
