"""What one does with results: go on from one, choose several, compare them."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "going_on": {
        "do": "Continue",
        "says": "Starts the next video from the last frame of this one",
        "done": "The form is that of the video, and its last frame is the first frame of the next one. Nothing was sent.",
        "last": "Continue from its last",
        "unit": "s",
        "seconds": "Seconds to continue from",
        "last_says": "Starts the next video with the end of this one as the video to extend",
        "last_done": "The form is that of the video, and its last {seconds} s are the video to extend. Nothing was sent.",
    },
    "choosing": {
        "select": "Select",
        "selected": "{n} selected",
        "all": "Select all shown",
        "none": "Clear selection",
        "star": "Star",
        "unstar": "Remove stars",
        "zip": "Download as zip",
        "forget": "Forget",
        "forget_asks": "Remove {n} results from your history? They are not deleted at WeryAI.",
        "forget_yes": "Remove them",
        "starred": "Starred",
        "most": "At most {most} at once",
        "bar": "With what is selected",
    },
    "narrowing": {
        "all_models": "All models",
        "model": "Model",
        "all_places": "Sent anywhere",
        "place": "Sent to",
        "any_time": "Any time",
        "when": "When",
        "today": "Today",
        "week": "Last 7 days",
        "month": "Last 30 days",
        "between": "From – to",
        "since": "From",
        "until": "To",
        "order": "Order",
        "newest": "Newest first",
        "oldest": "Oldest first",
        "none": "No results match: {what}.",
        "clear": "Clear filters",
        "words": "“{words}”",
    },
    "titling": {
        "title": "Title",
        "hint": "A title of your own: found by search, and the default title when you share it",
    },
    "noting": {
        "note": "Note",
        "hint": "A note of your own: found by search, and in the exports",
    },
    "picking": {
        "pick": "Pick",
        "picked": "Picked",
        "says": "Stars this result and takes a note on it",
    },
    "wiping": {
        "do": "A/B wipe",
        "says": "Both films over each other, with a divider to drag",
        "divider": "Divider between A and B",
        "at": "A {a} %, B {b} %",
        "time": "Time in both films",
    },
    "comparing": {
        "do": "Compare",
        "few": "Choose results with two to four films in all.",
        "back": "Frame back",
        "forward": "Frame forward",
        "step": "Moves every film by 1/24 s",
        "differs": "What differs in the requests",
        "same": "The requests are the same.",
        "field": "Field",
        "marks": "Underlined: not in the first prompt. Struck through: only in the first.",
    },
    "lineage": {
        "parent": "Came from",
        "children": "Led to",
    },
}
"""What the page says by itself."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "continuing": {
        "not_yet": "This video is not kept here yet, so it cannot be continued. Try again in a moment.",
        "gone": "There is no copy of this video here, so it cannot be continued.",
        "no_room": "The other videos of this request leave no room for the end of this one: 15 s in all.",
    },
    "several": {
        "compared": "{least} to {most} finished films can be compared.",
        "not_yours": "None of these is in your history any more.",
        "how_many": "One zip takes up to {most} results.",
        "left_out": "Not kept here, so not in the zip: {n}. The JSON files in it have the links.",
    },
}
