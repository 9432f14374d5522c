"""The snippet in Python with `requests`."""

from __future__ import annotations

from weryai_ui.portable.programs.literals import Style, literal, python_text
from weryai_ui.portable.programs.parts import Parts, filled

_STYLE = Style(key=python_text, text=python_text, last_comma=True, step="    ")


def written(parts: Parts) -> str:
    """The whole program."""
    names = {file.link: f"file_{number}" for number, file in enumerate(parts.files, 1)}
    pieces = {"TITLE": parts.title, "BASE_URL": python_text(parts.base_url)}
    if not parts.files:
        pieces |= {"UPLOAD": "", "REQUEST": f"REQUEST = {literal(parts.body, _STYLE, names)}", "THE_REQUEST": "REQUEST"}
        return filled(TEMPLATE, pieces)
    uploads = "".join(
        f"    {names[file.link]} = upload({python_text(file.path)}, {python_text(file.content_type)})\n"
        for file in parts.files
    )
    request = f"def build_request():\n{uploads}    return {literal(parts.body, _STYLE, names, '    ')}"
    return filled(TEMPLATE, pieces | {"UPLOAD": UPLOAD, "REQUEST": request, "THE_REQUEST": "build_request()"})


TEMPLATE = r'''"""@@TITLE@@

Needs Python 3.9 or newer and `pip install requests`. Set WERYAI_API_KEY, then run this file.
Every run sends one paid request. The videos are saved in the current folder.

Exit status: 0 every video is here, 1 something failed, 2 refused, 3 nothing was sent,
4 unknown: the request may have been accepted and charged.
"""

import io
import json
import os
import re
import sys
import time
from pathlib import Path
from urllib.parse import quote

import requests

BASE_URL = (os.environ.get("WERYAI_BASE_URL") or @@BASE_URL@@).rstrip("/")
SUBMIT_PATH = "/v1/generation/almighty-reference-to-video"
API_KEY = os.environ.get("WERYAI_API_KEY", "").strip()
POLL_SECONDS = float(os.environ.get("WERYAI_POLL_SECONDS") or 6)
DEADLINE_SECONDS = 30 * 60
FAILED, REFUSED, NOT_SENT, UNKNOWN = 1, 2, 3, 4

@@REQUEST@@


def main():
    if not re.fullmatch("[!-~]+", API_KEY):
        give_up(NOT_SENT, "NOT SENT: set WERYAI_API_KEY to your key first.")
    task_ids = submit(@@THE_REQUEST@@)
    sys.exit(0 if follow(task_ids) else FAILED)


def submit(request):
    """Send the paid request and return its task ids. It is sent once: sent again, it would be charged again."""
    print(f"Submitting to {BASE_URL}", flush=True)
    body = io.BytesIO(json.dumps(request).encode())
    headers = {"Content-Type": "application/json"}
    try:
        answer = call("POST", SUBMIT_PATH, data=body, headers=headers, timeout=(10, 60))
    except requests.RequestException as error:
        if body.tell() == 0:  # The body was never read, so none of it has left.
            give_up(NOT_SENT, f"NOT SENT, nothing was spent: {error}")
        unknown(f"no complete answer ({error})")

    envelope = read(answer)
    status, data = envelope.get("status"), task(envelope)
    listed = data.get("task_ids") or data.get("taskIds")
    ids = [data.get("task_id") or data.get("taskId"), *(listed if isinstance(listed, list) else [])]
    ids = [str(i) for i in ids if i]
    http = answer.status_code
    if 200 <= http < 300 and type(status) is int and status in (0, 200):
        if not ids:
            unknown("the service said yes but named no task")
        ids = list(dict.fromkeys(ids))
        print("ACCEPTED:", *ids, flush=True)
        return ids
    decided = 200 <= http < 300 or (400 <= http < 500 and http != 408)
    if decided and type(status) is int and not ids:
        give_up(REFUSED, f"REFUSED by the service: {words(envelope)} (status {status}, HTTP {http})")
    return unknown(f"HTTP {http}: {answer.text[:300]}")


def follow(task_ids):
    """Ask for every task until it ends, and download its videos. True when all of them are here."""
    all_here, pending, shown = True, list(task_ids), {}
    end = time.monotonic() + DEADLINE_SECONDS
    while pending and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
        for task_id in list(pending):
            state, links, message = poll(task_id)
            if shown.get(task_id) != (state, message):
                shown[task_id] = (state, message)
                print(f"{task_id}: {state} {message}".strip(), flush=True)
            if state in ("succeed", "success", "completed", "complete"):
                pending.remove(task_id)
                name = re.sub(r"[^\w.-]", "_", task_id)
                saved = [save(link, Path(f"{name}-{number}.mp4")) for number, link in enumerate(links, 1)]
                if not saved:
                    print(f"{task_id}: ready, but the answer has no video", file=sys.stderr)
                all_here = all_here and bool(saved) and all(saved)
            elif state in ("failed", "fail", "error", "canceled", "cancelled"):
                pending.remove(task_id)
                all_here = False
    if pending:
        print("Not finished by the deadline, and still going on:", *pending, file=sys.stderr)
    return all_here and not pending


def poll(task_id):
    """A task's state, its video links, and what the service says. Without a good answer the next poll tells."""
    try:
        answer = call("GET", f"/v1/generation/{quote(task_id, safe='')}/status", timeout=(5, 15))
        envelope = read(answer)
        data = task(envelope)
        state = data.get("task_status") or data.get("taskStatus")
        if not state:
            return "no state,", [], f"asking again (HTTP {answer.status_code} {words(envelope)})"
        result = data.get("task_result") or data.get("output") or {}
        found = [held.get(name) for held in (data, result) for name in ("videos", "video_urls", "video_url", "video")]
        videos = next((each if isinstance(each, list) else [each] for each in found if each), [])
        links = [video if isinstance(video, str) else video.get("url") or video.get("video_url") for video in videos]
        return str(state).lower(), [link for link in links if link], words(data) or words(result)
    except (requests.RequestException, AttributeError, TypeError) as error:
        return "no answer,", [], f"asking again ({type(error).__name__})"


def save(link, path):
    """Download one video; True when it is here. The link goes without the key, and may be asked for again."""
    part = path.with_name(path.name + ".part")
    for _ in range(3):
        try:
            with requests.get(link, stream=True, timeout=(10, 60)) as answer:
                answer.raise_for_status()
                with part.open("wb") as file:
                    for block in answer.iter_content(65536):
                        file.write(block)
            part.replace(path)
            print(f"saved {path}", flush=True)
            return True
        except (requests.RequestException, OSError) as error:
            trouble = error
            time.sleep(1)
    print(f"not downloaded: {link} ({trouble})", file=sys.stderr)
    return False

@@UPLOAD@@
def call(method, path, **options):
    """One call with the key. Redirects stay off: followed, one could send the paid request twice."""
    return requests.request(method, BASE_URL + path, auth=with_key, allow_redirects=False, **options)


def with_key(request):
    # As `auth`, because requests lets a ~/.netrc replace a plain Authorization header.
    request.headers["Authorization"] = f"Bearer {API_KEY}"
    return request


def read(answer):
    """The JSON object of an answer; empty when it is anything else."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def task(envelope):
    """The task of an answer: its data, or the first of them; empty when there is none."""
    data = envelope.get("data")
    data = data[0] if isinstance(data, list) and data else data
    return data if isinstance(data, dict) else {}


def words(fields):
    return next((fields[name] for name in ("message", "desc", "msg") if fields.get(name)), "")


def unknown(why):
    give_up(UNKNOWN, f"UNKNOWN: {why}\nIt may have been accepted and charged: check before you run it again.")


def give_up(status, why):
    print(why, file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
'''

UPLOAD = r'''
def upload(path, content_type):
    """Put a local file on the service's storage, which is not charged, and return its link."""
    print(f"Uploading {path}", flush=True)
    try:
        with open(path, "rb") as file:
            form = {"file": (Path(path).name, file, content_type)}
            answer = call("POST", "/v1/generation/upload-file", files=form, data={"fixed": "false"}, timeout=(10, 120))
        envelope = read(answer)
        return envelope["data"]["object_url_list"][0]
    except (requests.RequestException, OSError) as error:
        give_up(NOT_SENT, f"NOT SENT: {path} could not be uploaded: {error}")
    except (KeyError, IndexError, TypeError):
        why = words(envelope) or f"HTTP {answer.status_code}"
        give_up(NOT_SENT, f"NOT SENT: the service did not take {path}: {why}")

'''
