"""The snippet in JavaScript for Node 18 and newer, with its own `fetch`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weryai_ui.portable.programs.literals import Style, json_text, literal
from weryai_ui.portable.programs.parts import Parts, filled

_STYLE = Style(key=str, text=json_text, last_comma=True)
SAFE_INTEGER = 2**53 - 1
"""Beyond it a JavaScript number is rounded."""


def written(parts: Parts) -> str:
    """The whole program."""
    names = {file.link: f"file{number}" for number, file in enumerate(parts.files, 1)}
    uploads = "".join(
        f"const {names[file.link]} = await upload({json_text(file.path)}, {json_text(file.content_type)});\n"
        for file in parts.files
    )
    return filled(
        TEMPLATE,
        {
            "TITLE": parts.title,
            "BASE_URL": json_text(parts.base_url),
            "UPLOADS": uploads,
            "REQUEST": literal(_with_exact_number(parts.body), _STYLE, names),
            "BODY": EXACT_BODY if _is_rounded(parts.body) else PLAIN_BODY,
            "IMPORTS": UPLOAD_IMPORTS if uploads else IMPORTS,
            "UPLOAD": UPLOAD if uploads else "",
        },
    )


def _is_rounded(body: Mapping[str, Any]) -> bool:
    caller_id: int = body.get("caller_id", 0)
    return abs(caller_id) > SAFE_INTEGER


def _with_exact_number(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**body, "caller_id": str(body["caller_id"])} if _is_rounded(body) else body


PLAIN_BODY = "const body = JSON.stringify(request);"
# Inside a JSON string every quote is escaped, so that only the field itself can match.
EXACT_BODY = r"""// caller_id is a 64-bit number, which JavaScript would round: a text here, a number again in the body.
const body = JSON.stringify(request).replace(/"caller_id":"(-?\d+)"/, '"caller_id":$1');"""

IMPORTS = 'import { rename, writeFile } from "node:fs/promises";'
UPLOAD_IMPORTS = """import { readFile, rename, writeFile } from "node:fs/promises";
import { basename } from "node:path";"""

TEMPLATE = r"""// @@TITLE@@
//
// Needs Node 18 or newer. Save it as generate.mjs, set WERYAI_API_KEY, and run: node generate.mjs
// Every run sends one paid request. The videos are saved in the current folder.
//
// Exit status: 0 every video is here, 1 something failed, 2 refused, 3 nothing was sent,
// 4 unknown: the request may have been accepted and charged.

@@IMPORTS@@

const BASE_URL = (process.env.WERYAI_BASE_URL || @@BASE_URL@@).replace(/\/+$/, "");
const API_KEY = (process.env.WERYAI_API_KEY ?? "").trim();
const POLL_SECONDS = Number(process.env.WERYAI_POLL_SECONDS || 6);
const DEADLINE_SECONDS = 30 * 60;
const FAILED = 1, REFUSED = 2, NOT_SENT = 3, UNKNOWN = 4;

if (!/^[!-~]+$/.test(API_KEY)) giveUp(NOT_SENT, "NOT SENT: set WERYAI_API_KEY to your key first.");

@@UPLOADS@@const request = @@REQUEST@@;
@@BODY@@

const taskIds = await submit(body);
process.exitCode = (await follow(taskIds)) ? 0 : FAILED;

// Sends the paid request and gives its task ids. It is sent once: sent again, it would be charged again.
async function submit(body) {
  console.log(`Submitting to ${BASE_URL}`);
  let answer, text;
  try {
    const headers = { "Content-Type": "application/json" };
    answer = await call("POST", "/v1/generation/almighty-reference-to-video", 90, { headers, body });
    text = await answer.text();
  } catch (error) {
    if (neverLeft(error)) giveUp(NOT_SENT, `NOT SENT, nothing was spent: ${reason(error)}`);
    unknown(`no complete answer (${reason(error)})`);
  }
  const envelope = read(text);
  const { status } = envelope, data = task(envelope);
  const listed = [data.task_ids ?? data.taskIds ?? []].flat();
  const ids = [...new Set([data.task_id ?? data.taskId, ...listed].filter(Boolean).map(String))];
  const http = answer.status;
  if (answer.ok && (status === 0 || status === 200)) {
    if (!ids.length) unknown("the service said yes but named no task");
    console.log("ACCEPTED:", ...ids);
    return ids;
  }
  const decided = answer.ok || (http >= 400 && http < 500 && http !== 408);
  if (decided && Number.isInteger(status) && !ids.length) {
    giveUp(REFUSED, `REFUSED by the service: ${words(envelope)} (status ${status}, HTTP ${http})`);
  }
  unknown(`HTTP ${http}: ${text.slice(0, 300)}`);
}

// Whether an error came before the connection stood. Everything else may have reached the service.
function neverLeft(error) {
  const early = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_INVALID_URL)$/;
  const handshake = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|ERR_SSL_WRONG_VERSION_NUMBER)/;
  const causes = [error, error.cause, ...(error.cause?.errors ?? [])];
  return causes.some((each) => early.test(each?.code) || handshake.test(each?.code));
}

// Asks for every task until it ends, and downloads its videos. True when all of them are here.
async function follow(taskIds) {
  let allHere = true;
  const pending = new Set(taskIds), shown = new Map();
  const end = Date.now() + DEADLINE_SECONDS * 1000;
  while (pending.size && Date.now() < end) {
    await pause(POLL_SECONDS);
    for (const id of [...pending]) {
      const { state, links, message } = await poll(id);
      const line = `${id}: ${state} ${message}`.trim();
      if (shown.get(id) !== line) console.log(line);
      shown.set(id, line);
      if (["succeed", "success", "completed", "complete"].includes(state)) {
        pending.delete(id);
        if (!links.length) console.error(`${id}: ready, but the answer has no video`);
        let saved = links.length > 0;
        for (const [index, link] of links.entries()) {
          saved = (await save(link, `${id.replace(/[^\w.-]/g, "_")}-${index + 1}.mp4`)) && saved;
        }
        allHere = allHere && saved;
      } else if (["failed", "fail", "error", "canceled", "cancelled"].includes(state)) {
        pending.delete(id);
        allHere = false;
      }
    }
  }
  if (pending.size) console.error("Not finished by the deadline, and still going on:", ...pending);
  return allHere && !pending.size;
}

// A task's state, its video links, and what the service says. Without a good answer the next poll tells.
async function poll(id) {
  try {
    const answer = await call("GET", `/v1/generation/${encodeURIComponent(id)}/status`, 20);
    const envelope = read(await answer.text());
    const data = task(envelope), state = data.task_status ?? data.taskStatus;
    if (!state) {
      return { state: "no state,", links: [], message: `asking again (HTTP ${answer.status} ${words(envelope)})` };
    }
    const result = data.task_result ?? data.output ?? {};
    const found = [data, result].flatMap((held) => [held.videos, held.video_urls, held.video_url, held.video]);
    const videos = [found.find((each) => each?.length || each?.url) ?? []].flat();
    const links = videos.map((video) => (typeof video === "string" ? video : video.url || video.video_url));
    const message = words(data) || words(result);
    return { state: String(state).toLowerCase(), links: links.filter(Boolean), message };
  } catch (error) {
    return { state: "no answer,", links: [], message: `asking again (${reason(error)})` };
  }
}

// Downloads one video; true when it is here. The link goes without the key, and may be asked for again.
async function save(link, path) {
  let trouble;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const answer = await fetch(link, { signal: AbortSignal.timeout(600_000) });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      await writeFile(`${path}.part`, answer.body);
      await rename(`${path}.part`, path);
      console.log(`saved ${path}`);
      return true;
    } catch (error) {
      trouble = reason(error);
      await pause(1);
    }
  }
  console.error(`not downloaded: ${link} (${trouble})`);
  return false;
}
@@UPLOAD@@
// One call with the key. Redirects stay off: followed, one could send the paid request twice.
function call(method, path, seconds, options = {}) {
  const headers = { ...options.headers, Authorization: `Bearer ${API_KEY}` };
  const signal = AbortSignal.timeout(seconds * 1000);
  return fetch(BASE_URL + path, { method, redirect: "manual", signal, ...options, headers });
}

// The task of an answer: its data, or the first of them; empty when there is none.
function task({ data }) {
  const first = Array.isArray(data) ? data[0] : data;
  return first && typeof first === "object" ? first : {};
}

// The JSON object of an answer; empty when it is anything else.
function read(text) {
  try {
    const found = JSON.parse(text);
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function words(fields) {
  return fields.message || fields.desc || fields.msg || "";
}

function reason(error) {
  return error.cause?.message || error.cause?.code || error.message;
}

function pause(seconds) {
  return new Promise((done) => setTimeout(done, seconds * 1000));
}

function unknown(why) {
  giveUp(UNKNOWN, `UNKNOWN: ${why}\nIt may have been accepted and charged: check before you run it again.`);
}

function giveUp(status, why) {
  console.error(why);
  process.exit(status);
}
"""

UPLOAD = r"""
// Puts a local file on the service's storage, which is not charged, and gives its link.
async function upload(path, type) {
  console.log(`Uploading ${path}`);
  let answer, envelope;
  try {
    const form = new FormData();
    form.append("file", new Blob([await readFile(path)], { type }), basename(path));
    form.append("fixed", "false");
    answer = await call("POST", "/v1/generation/upload-file", 300, { body: form });
    envelope = read(await answer.text());
  } catch (error) {
    giveUp(NOT_SENT, `NOT SENT: ${path} could not be uploaded: ${reason(error)}`);
  }
  const link = envelope.data?.object_url_list?.[0];
  const why = words(envelope) || `HTTP ${answer.status}`;
  if (!link) giveUp(NOT_SENT, `NOT SENT: the service did not take ${path}: ${why}`);
  return link;
}
"""
