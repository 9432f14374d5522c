"""English: every word of the page that is not a field's label or a check's sentence."""

from __future__ import annotations

from collections.abc import Mapping

PAGE: Mapping[str, str] = {
    "title": "Reference-to-Video Studio",
    "lead": "Mix images, clips and sounds with a prompt. WeryAI's Seedance 2.0 makes the video.",
    "compose": "Compose",
    "results": "Results",
    "inspector": "Request and response",
    "advanced": "Advanced: model, webhook, caller ID",
    "references": "References",
    "shape": "Shape and length",
    "send_to": "Send to",
    "send_to_help": "The sandbox is free and imitates the service on this server. WeryAI spends credits.",
    "my_key": "My WeryAI API key",
    "my_key_help": "Used for this page only; kept in memory while your tasks are followed, never stored.",
    "scenario": "What the sandbox should do",
    "generate": "Generate",
    "check": "Check only",
    "request": "Request",
    "request_empty": "The exact body that goes out appears here, after Check or Generate.",
    "response": "Response",
    "response_empty": "The envelope that comes back appears here, as it came.",
    "sandbox_badge": "Sandbox: free",
    "live_badge": "Owner's key: spends credits",
    "key_badge": "Bring your own key",
    "closed": "The owner's key is closed on this page. Use the sandbox, or a key of your own.",
    "check_passed": "Check passed: this is what would be sent.",
    "not_sent_pane": "Nothing was sent: see the problems in the form.",
    "no_answer": "No answer came back.",
}

SEND_TO: Mapping[str, str] = {
    "sandbox": "Sandbox",
    "my-key": "WeryAI, my key",
    "owner-key": "WeryAI, owner's key",
}

BOARD: Mapping[str, str] = {
    "title": PAGE["title"],
    "download": "Download",
    "again": "Run again",
    "details": "Details",
    "submit_again": "Submit again (may be charged twice)",
    "submit_again_asks": "The first request may have been accepted and charged. Submit it a second time?",
    "key_label": "My WeryAI API key",
    "key_go": "Go on following",
    "forget": "Forget",
    "forget_asks": "Forget this here? Nothing is deleted at the service.",
    "stop_watching": "Stop watching",
    "stop_watching_asks": "Stop watching? The service goes on with it, and it cannot be cancelled from here.",
    "outage": "The app does not answer. What you typed is kept; this page goes on by itself when it is back.",
    "empty_title": "Your videos appear here",
    "empty_text": "Write what should happen, press Generate, and watch it being made. In the sandbox it costs nothing.",
}

PROBLEM_LIST: Mapping[str, str] = {
    "outage": "The app does not answer, so nothing was sent. What you typed is kept; try again in a moment.",
}

PANE: Mapping[str, str] = {"copy": "Copy", "copied": "Copied"}

TASK_STATE: Mapping[str, str] = {
    "waiting": "Waiting in the queue",
    "processing": "Being made",
    "succeeded": "Ready",
    "succeeded_without_video": "Finished, but without a video",
    "failed": "Failed",
    "not_found": "No longer known to the service",
    "unknown": "In a state this app does not know",
}

OUTCOME: Mapping[str, str] = {
    "SENDING": "Sending",
    "NOT_SENT": "Not sent: nothing was spent",
    "REJECTED": "Refused",
    "UNKNOWN": "Unknown: it may have been accepted and charged",
}

MIXED: Mapping[str, str] = {
    "partly": "{ready} of {total} ready",
    "number": "Video {number}",
}

MOVE: Mapping[str, str] = {
    "wait": "Nobody's move: wait.",
    "fix_input": "Your move.",
    "key_owner": "The key owner's move.",
    "top_up": "The account owner's move.",
    "service": "The service's move.",
    "check": "Your move: check before you try again.",
}

USUAL: Mapping[str, str] = {
    "sandbox": "usually a few seconds in the sandbox",
    "service": "usually 5 to 15 min",
}
SERVICE_SAYS = "The service says: {message}"
CHARGED_UNKNOWN = "Whether a failed task is charged is not documented."
ENTER_KEY = "Enter your key to go on following: it was kept in memory only, and the app has been restarted."
CHECK_UNKNOWN = "Look at your balance and at the console's task list: if the task is there, it was charged."

HISTORY: Mapping[str, str] = {
    "title": "History",
    "note": "Yours alone, kept on this server. On a Space it goes with the next restart.",
    "empty": "Nothing here yet.",
    "more": "Show more",
    "export": "Export as JSON",
    "close": "Close",
    "request": "Request",
    "response": "Response",
    "timeline": "Timeline",
    "repeats": "and {n} more answers like this",
    "no_answer": "no answer",
    "again": BOARD["again"],
    "forget": BOARD["forget"],
    "forget_asks": BOARD["forget_asks"],
    "download": BOARD["download"],
    "outage": BOARD["outage"],
}

SHELVES: Mapping[str, str] = {
    "all": "All",
    "running": "Running",
    "ready": "Ready",
    "failed": "Failed or refused",
    "unknown": "Unknown",
}

EXCHANGE: Mapping[str, str] = {"submit": "Submit", "poll": "Status", "upload": "Upload", "webhook": "Webhook"}
