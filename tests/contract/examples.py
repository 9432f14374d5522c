"""The reference page's own example of a request and its answer, word for word."""

from __future__ import annotations

REQUEST = """{
  "model": "SEEDANCE_2_0",
  "prompt": "Use image 1 as opening frame, keep style of video 1, and use audio 1 as BGM.",
  "images": [
    "https://example.com/image1.jpg"
  ],
  "videos": [
    "https://example.com/video1.mp4"
  ],
  "audios": [
    "https://example.com/audio1.mp3"
  ],
  "aspect_ratio": "16:9",
  "resolution": "720p",
  "duration": 5,
  "generate_audio": "false",
  "video_number": 1
}"""

ANSWER = """{
  "status": 0,
  "desc": "success",
  "message": "success",
  "data": {
    "task_id": "task_abc123",
    "task_status": "waiting"
  }
}"""
