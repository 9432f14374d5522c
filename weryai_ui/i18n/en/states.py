"""How a press of *Generate* stands, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "task_state": {
        "waiting": "Waiting in the queue",
        "processing": "Being made",
        "succeeded": "Ready",
        "succeeded_without_video": "Finished, but without a video",
        "failed": "Failed",
        "not_found": "No longer known to the service",
        "unknown": "In a state this app does not know",
    },
    "outcome": {
        "SENDING": "Sending",
        "NOT_SENT": "Not sent: nothing was spent",
        "REJECTED": "Refused",
        "UNKNOWN": "Unknown: it may have been accepted and charged",
    },
    "mixed": {
        "partly": "{ready} of {total} ready",
        "number": "Video {number}",
    },
    "usual": {
        "sandbox": "usually a few seconds in the sandbox",
        "service": "usually 5 to 15 min",
    },
    "says": {
        "move": "{move} {advice}",
        "then": "{first}. {then}",
        "failed": "Change the prompt or a reference and try again.",
        "failed_with_sound": "Make it again without sound, which often helps, or change the prompt or a reference.",
        "service_says": "The service says: {message}",
        "charged_unknown": "Whether a failed task is charged is not documented.",
        "unsaved": "The app's database has not taken this outcome yet; it is kept, and will be recorded as soon as the database answers.",
        "unsaved_tasks": "The app's database has not taken this outcome yet; it is kept, and will be recorded as soon as the database answers. Task ids: {ids}",
        "tasks_left_out": "Of the tasks that the answer names ({named}), this app follows {followed}: at most {most}, and none whose id is longer than {bytes} bytes or is no text. The whole answer stands under Details.",
        "videos_left_out": "The app shows at most {most} videos of a task. The whole answer stands under Details.",
        "enter_key": "Enter your key to go on following: it was kept in memory only, and the app has been restarted.",
        "check_unknown": "Look at your balance and at the console's task list: if the task is there, it was charged.",
    },
    "shape": {
        "sound_true": "with sound",
        "sound_false": "silent",
        "images_1": "1 image",
        "images": "{n} images",
        "videos_1": "1 video",
        "videos": "{n} videos",
        "audios_1": "1 audio",
        "audios": "{n} audios",
    },
    "exchange": {
        "submit": "Submit",
        "poll": "Status",
        "upload": "Upload",
        "webhook": "Webhook",
    },
    "timeline": {
        "checked": "Check · passed, and recorded before anything was sent",
        "downloaded": "Download · by the browser",
        "no_answer": "no answer",
        "repeats": "and {n} more answers like this",
        "no_response": "No answer came back.",
    },
}
