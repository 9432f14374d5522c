"""English: every word of the page that is not a field's label or a check's sentence."""

from __future__ import annotations

from collections.abc import Mapping

PAGE: Mapping[str, str] = {
    "title": "Reference-to-Video Studio",
    "lead": "Mix images, clips and sounds with a prompt. WeryAI's Seedance 2.0 makes the video.",
    "advanced": "Advanced: model, webhook, caller ID",
    "send_to": "Send to",
    "send_to_help": "The sandbox is free and imitates the service on this server. WeryAI spends credits.",
    "my_key": "My WeryAI API key",
    "my_key_help": "Used for this page only; kept in memory while your tasks are followed, never stored.",
    "code": "Access code",
    "code_help": "From the page's owner: it opens the owner's key for you. Sent once, with Generate.",
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
    "closed": "You can use the sandbox for free, or a WeryAI key of your own; the owner's key is closed on this page.",
    "locked": "You can use the sandbox for free, a WeryAI key of your own, or the owner's key if the owner let you in.",
    "no_answer": "No answer came back.",
}

ALLOWANCE: Mapping[str, str] = {
    "day": "{left} of {limit} tasks left in these 24 hours",
    "hour": "{left} of {limit} tasks left for you in this hour",
    "at-once": "{left} of {limit} places free for tasks at once",
    "opens": "opens again at {time} UTC",
}

SEND_TO: Mapping[str, str] = {
    "sandbox": "Sandbox",
    "my-key": "WeryAI, my key",
    "owner-key": "WeryAI, owner's key",
}

BOARD: Mapping[str, str] = {
    "title": PAGE["title"],
    "credits": "{n} credits",
    "download": "Download",
    "use": "Use as reference",
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
    "export_har": "Export as HAR",
    "copy": PANE["copy"],
    "copied": PANE["copied"],
    "close": "Close",
    "request": "Request",
    "response": "Response",
    "timeline": "Timeline",
    "repeats": "and {n} more answers like this",
    "no_answer": "no answer",
    "checked": "Check · passed, and recorded before anything was sent",
    "downloaded": "Download · by the browser",
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

TRAY: Mapping[str, str] = {
    "title": "References",
    "hint": "Drop or paste images, videos and sounds here. They are numbered in the order in which they are sent.",
    "browse": "Choose files",
    "link_label": "Links to images, videos or sounds",
    "link_placeholder": "or paste links",
    "add_link": "Add link",
    "not_a_link": "This is not a link that starts with https:// or http://: {link}",
    "added": "Added {item}.",
    "removed": "Removed {item}.",
    "moved": "Moved {item} to {to}.",
    "cut_done": "{item} is now the cut.",
    "in_prompt": "In the prompt: {changes}.",
    "renamed": "{from} is now {to}",
    "undo": "Undo",
    "undone": "Undone.",
    "earlier": "Move {item} earlier",
    "later": "Move {item} later",
    "remove": "Remove {item}",
    "preview": "Look at {item}",
    "trim": "Cut",
    "trim_label": "Cut {item}",
    "retry": "Again",
    "retry_label": "Upload {item} again",
    "start": "Start, s",
    "end": "End, s",
    "here": "Here",
    "use_cut": "Use this cut",
    "close": "Close",
    "no_answer": "The app does not answer; try again in a moment.",
    "sound": "Sound",
    "gone": "No preview",
    "not_measured": "not measured",
    "arriving": "Arriving, {part} %",
    "checking": "Looking at it",
    "uploading": "Uploading, {part} %",
    "upload_failed": "Upload failed",
    "of_seconds": "{sum} of {limit} s",
    "paste_many": "Paste many links",
}

MENTIONS: Mapping[str, str] = {
    "label": "Put a reference into the prompt",
    "named": "The prompt names it",
    "unnamed": "The prompt does not name it yet",
}

CODE: Mapping[str, str] = {
    "title": "Code",
    "empty": "The request as a program appears here, after Check or Generate: cURL, Python, JavaScript.",
    "note": "Submits once, follows every task, downloads. Key: WERYAI_API_KEY (in the sandbox: sk-sandbox).",
    "curl": "cURL",
    "python": "Python",
    "javascript": "JavaScript",
    "copy": PANE["copy"],
    "copied": PANE["copied"],
    "save": "Save as",
}

CARRY: Mapping[str, str] = {
    "paste": "Paste JSON or cURL",
    "paste_title": "Fill the form from a request body or a cURL command",
    "placeholder": '{"model": "SEEDANCE_2_0", …}  or  curl --request POST …',
    "fill": "Fill the form",
    "cancel": "Cancel",
    "share": "Copy a link to this form",
    "filled": "The form was filled from what you pasted. Nothing was sent.",
    "opened": "The form was filled from a link. Nothing was sent.",
    "link_copied": "The link is copied. It carries the form, and never a key, a webhook or a caller ID.",
    "back": "Back to what I had typed",
    "went_back": "What you had typed is back.",
    "no_answer": TRAY["no_answer"],
}
