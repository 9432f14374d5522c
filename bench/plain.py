"""What a developer would write in an afternoon: a plain Gradio app for the same call. The anchor of the page's rows.

The same twelve fields, a callback with `requests.post`, the answer as JSON, a generator that polls, and a video. It
imports nothing of the studio and is written as Gradio's guides write an app: nothing in it is there to make it slow.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
import requests

BASE_URL = os.environ.get("WERYAI_BASE_URL", "https://api.weryai.com") + "/v1/generation"
HEADERS = {"Authorization": f"Bearer {os.environ.get('WERYAI_API_KEY', '')}"}
FINISHED = ("succeed", "failed")
POLL_SECONDS = 2


def submit(
    model: str,
    prompt: str,
    images: str,
    videos: str,
    audios: str,
    aspect_ratio: str,
    resolution: str,
    duration: int,
    generate_audio: bool,
    video_number: int,
    webhook_url: str,
    caller_id: str,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The body that was sent, and the answer."""
    body = {
        "model": model,
        "prompt": prompt,
        "images": images.split(),
        "videos": videos.split(),
        "audios": audios.split(),
        "aspect_ratio": aspect_ratio,
        "resolution": resolution,
        "duration": int(duration),
        "generate_audio": "true" if generate_audio else "false",
        "video_number": int(video_number),
        "webhook_url": webhook_url,
        "caller_id": int(caller_id) if caller_id else None,
    }
    body = {name: value for name, value in body.items() if value not in ("", None, [])}
    answer = requests.post(f"{BASE_URL}/almighty-reference-to-video", json=body, headers=HEADERS, timeout=90)
    answer.raise_for_status()
    return body, answer.json()


def follow(envelope: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """The task's state until its end, and its video."""
    task_id = envelope["data"]["task_id"]
    while True:
        answer = requests.get(f"{BASE_URL}/{task_id}/status", headers=HEADERS, timeout=20)
        data = answer.json()["data"]
        videos = data.get("videos") or [None]
        yield data["task_status"], videos[0]["url"] if isinstance(videos[0], dict) else videos[0]
        if data["task_status"] in FINISHED:
            return
        time.sleep(POLL_SECONDS)


def build() -> gr.Blocks:
    """The page."""
    with gr.Blocks(title="Reference to video") as page:
        gr.Markdown("# Reference to video")
        with gr.Row():
            with gr.Column():
                fields = [
                    gr.Dropdown(["SEEDANCE_2_0"], label="Model", elem_id="model"),
                    gr.Textbox(label="Prompt", lines=3, max_length=500, elem_id="prompt"),
                    gr.Textbox(label="Images, one link per line", lines=2),
                    gr.Textbox(label="Videos, one link per line", lines=2),
                    gr.Textbox(label="Audios, one link per line", lines=2),
                    gr.Radio(["16:9", "9:16", "1:1"], value="16:9", label="Aspect ratio"),
                    gr.Radio(["480p", "720p"], value="720p", label="Resolution"),
                    gr.Slider(5, 15, value=5, step=1, label="Duration"),
                    gr.Checkbox(label="Generate audio"),
                    gr.Slider(1, 4, value=1, step=1, label="Number of videos"),
                    gr.Textbox(label="Webhook URL"),
                    gr.Textbox(label="Caller ID"),
                ]
                generate = gr.Button("Generate", variant="primary", elem_id="generate")
            with gr.Column():
                request = gr.JSON(label="Request")
                response = gr.JSON(label="Response", elem_id="response")
                state = gr.Textbox(label="State")
                video = gr.Video(label="Video")
        pressed = generate.click(submit, fields, [request, response], concurrency_limit=20)
        pressed.success(follow, response, [state, video], concurrency_limit=20, api_name="follow")
    built: gr.Blocks = page
    return built


if __name__ == "__main__":
    build().queue(default_concurrency_limit=20).launch()
