"""The snippet in Python with `requests`."""

from __future__ import annotations

from weryai_ui.portable.programs.literals import Style, literal, python_text
from weryai_ui.portable.programs.parts import Parts, filled

_STYLE = Style(key=python_text, text=python_text, last_comma=True, step="    ")


def written(parts: Parts) -> str:
    """The whole program."""
    names = {file.link: f"file_{number}" for number, file in enumerate(parts.files, 1)}
    uploads = "".join(
        f"{file.comment('#')}{names[file.link]} = upload({python_text(file.path)}, {python_text(file.content_type)})\n"
        for file in parts.files
    )
    pieces = {
        "TITLE": parts.title,
        "BASE_URL": python_text(parts.base_url),
        "UPLOAD": UPLOAD if uploads else "",
        "UPLOADS": uploads,
        "REQUEST": literal(parts.body, _STYLE, names),
    }
    return filled(TEMPLATE, pieces)


TEMPLATE = r"""# @@TITLE@@
# Needs `pip install requests`. Set WERYAI_API_KEY, then run this file: every run sends one paid request.
# Exit status: 0 all videos are saved, 1 something failed, 2 refused, 3 nothing was sent, 4 unknown.
import io, json, os, pathlib, re, requests, sys, time, urllib.parse
from concurrent.futures import ThreadPoolExecutor

URL = (os.environ.get("WERYAI_BASE_URL") or @@BASE_URL@@).rstrip("/") + "/v1/generation/"
KEY, END = os.environ.get("WERYAI_API_KEY", "").strip(), time.monotonic() + 30 * 60
DONE, FAILED = "succeed success completed complete".split(), "failed fail error canceled cancelled".split()
SAID = ("message", "desc", "msg")
OUTCOMES = {2: "REFUSED by the service: %s", 3: "NOT SENT, nothing was spent: %s",
            4: "UNKNOWN: %s\nIt may have been accepted and charged: check before you run this again."}

def leave(status, why):
    sys.exit(print(OUTCOMES[status] % why, file=sys.stderr) or status)

def call(method, path, **more):  # no redirect: it could send twice; no plain header: a ~/.netrc replaces it
    keyed = lambda request: request.headers.update(Authorization=f"Bearer {KEY}") or request
    return requests.request(method, URL + path, auth=keyed, allow_redirects=False, timeout=(10, 60), **more)

def read(answer):  # every name and value, the inmost first: the service answers in several shapes
    pairs = []
    try:
        whole = answer.json(object_pairs_hook=lambda found: pairs.extend(found) or dict(found))
    except ValueError:
        whole = None
    return pairs if isinstance(whole, dict) else []

def pick(pairs, *names):
    lists = [value if isinstance(value, list) else [value] for name, value in pairs if name in names]
    plain = [str(each) for found in lists for each in found if each and not isinstance(each, (dict, list))]
    return list(dict.fromkeys(plain))

def follow(task):
    line, polls = "", 0  # of a finished task: its link may come a little later
    while time.monotonic() < END and polls < 20:
        time.sleep(float(os.environ.get("WERYAI_POLL_SECONDS") or 6))
        last, links = line, []
        try:
            pairs = read(call("GET", urllib.parse.quote(task, safe="") + "/status"))
            state = "".join(pick(pairs, "task_status", "taskStatus")).lower()
            links = pick(pairs, "videos", "video_urls", "video_url", "video", "url", "src")
            said = [each for each in pick(pairs, *SAID) if each != "success"]  # which is of the call alone
            line = " ".join([state or "no state, asking again:", *said, *links])
            polls += state in DONE
            for number, link in enumerate(links if state in DONE else (), 1):
                film = requests.get(link, timeout=(10, 60))  # without the key
                film.raise_for_status()
                path = re.sub(r"[^\w.-]", "_", task) + f"-{number}.mp4"
                pathlib.Path(path).write_bytes(film.content)
                line += f", saved {path}"
        except OSError as error:
            state, line = "", f"{'not downloaded' if links else 'no answer'}, trying again: {error}"
        if line != last:
            print(f"{task}: {line}", flush=True)
        if state in FAILED or (state in DONE and links):
            return state in DONE
    print(f"{task}: {'ready, but it has no video' if polls else 'still going on after the deadline'}")
@@UPLOAD@@
re.fullmatch("[!-~]+", KEY) or leave(3, "set WERYAI_API_KEY to your key first")
@@UPLOADS@@request = @@REQUEST@@
body, json_type = io.BytesIO(json.dumps(request).encode()), {"Content-Type": "application/json"}
print("Submitting to", URL, flush=True)
try:  # sent once: sent again, it would be charged again
    answer = call("POST", "almighty-reference-to-video", data=body, headers=json_type)
except requests.RequestException as error:  # of a body that was not read yet nothing has left
    leave(4 if body.tell() else 3, f"no complete answer ({error})")
pairs, http = read(answer), answer.status_code
whole = dict(pairs)
code = str(whole.get("status", 0 if whole.get("success") is True else None)).strip()
tasks = pick(pairs, "task_id", "task_ids", "taskId", "taskIds")
said = f"{' '.join(pick(pairs, *SAID)) or answer.text[:300]} (status {code}, HTTP {http})"
yes = http < 300 and code in ("0", "200")
decided = re.fullmatch("-?[0-9]+", code) and http // 100 in (2, 4) and http != 408
if not (decided and tasks):
    leave(2 if decided and not yes else 4, said)
clear = yes and whole.get("success") is not False
print("ACCEPTED:" if clear else f"UNKNOWN, may be charged: {said}. Following its tasks:", *tasks, flush=True)
sys.exit(0 if all(list(ThreadPoolExecutor(16).map(follow, tasks))) else 1)
"""

UPLOAD = r"""
def upload(path, content_type):  # to the service's storage, which is not charged
    try:
        with open(path, "rb") as file:
            form = {"file": (os.path.basename(path), file, content_type)}
            pairs = read(call("POST", "upload-file", files=form, data={"fixed": "false"}))
    except OSError as error:
        leave(3, f"{path} could not be uploaded: {error}")
    links = pick(pairs, "object_url_list")
    return links[0] if links else leave(3, f"the service did not take {path}: {pick(pairs, *SAID)}")
"""
