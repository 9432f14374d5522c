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
        f"{file.comment('//')}const {names[file.link]} = await "
        f"upload({json_text(file.path)}, {json_text(file.content_type)});\n"
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

IMPORTS = 'import { writeFile } from "node:fs/promises";'
UPLOAD_IMPORTS = """import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";"""

TEMPLATE = r"""// @@TITLE@@
// Needs Node 18 or newer. Set WERYAI_API_KEY and run: node generate.mjs. Every run sends one paid request.
// Exit status: 0 all videos are saved, 1 something failed, 2 refused, 3 nothing was sent, 4 unknown.
@@IMPORTS@@

const SERVICE = process.env.WERYAI_BASE_URL || @@BASE_URL@@;
const BASE = `${SERVICE.replace(/\/+$/, "")}/v1/generation/`;
const KEY = (process.env.WERYAI_API_KEY ?? "").trim();
const END = Date.now() + 30 * 60 * 1000;
const DONE = /^(succeed|success|completed?)$/i, FAILED = /^(failed|fail|error|cancell?ed)$/i;
const NO_WAY = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|UND_ERR_CONNECT_|ERR_INVALID_URL)/;
const NO_TRUST = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|ERR_SSL_WRONG_VERSION)/;
const OUTCOMES = { 2: "REFUSED by the service:", 3: "NOT SENT, nothing was spent:",
  4: "UNKNOWN. It may have been accepted and charged: check before you run this again." };
const SAID = ["message", "desc", "msg"];

const leave = (status, why) => process.exit(console.error(OUTCOMES[status], why) ?? status);
const reason = (error) => error.cause?.message || error.cause?.code || error.message;

async function call(path, options = {}) { // no redirect is followed: it could send the paid request twice
  const headers = { ...options.headers, Authorization: `Bearer ${KEY}` };
  const signal = AbortSignal.timeout(90_000);
  const answer = await fetch(BASE + path, { redirect: "manual", signal, ...options, headers });
  const text = await answer.text();
  const envelope = await new Response(text).json().catch(() => ({}));
  return { http: answer.status, text, envelope: Array.isArray(envelope) ? {} : Object(envelope) };
}

function find(value, ...names) { // at any depth: the service answers in several shapes
  const pairs = typeof value === "object" && value ? Object.entries(value) : [];
  const hits = pairs.map(([name, inner]) => (names.includes(name) ? inner : find(inner, ...names)));
  return [...new Set(hits.flat().filter(Boolean))];
}

async function follow(task) {
  let line = "", polls = 0; // of a finished task: its link may come a little later
  while (Date.now() < END && polls < 20) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * (process.env.WERYAI_POLL_SECONDS || 6)));
    const last = line;
    let state = "", links = [];
    try {
      const { envelope } = await call(`${encodeURIComponent(task)}/status`);
      state = find(envelope, "task_status", "taskStatus").join("").toLowerCase();
      const videos = find(envelope, "videos", "video_urls", "video_url", "video");
      links = videos.filter((each) => typeof each === "string");
      links.push(...find(videos, "url", "video_url", "src"));
      const said = find(state ? envelope.data : envelope, ...SAID);
      line = [state || "no state, asking again:", ...said, ...links].join(" ");
      polls += DONE.test(state);
      for (const [index, link] of DONE.test(state) ? links.entries() : []) {
        const film = await fetch(link, { signal: AbortSignal.timeout(600_000) }); // without the key
        if (!film.ok) throw new Error(`HTTP ${film.status}`);
        const path = `${task.replace(/[^\w.-]/g, "_")}-${index + 1}.mp4`;
        await writeFile(path, new Uint8Array(await film.arrayBuffer()));
        line += `, saved ${path}`;
      }
    } catch (error) {
      state = "";
      line = `${links.length ? "not downloaded" : "no answer"}, trying again: ${reason(error)}`;
    }
    if (line !== last) console.log(`${task}: ${line}`);
    if (FAILED.test(state) || (DONE.test(state) && links.length)) return DONE.test(state);
  }
  console.log(`${task}: ${polls ? "ready, but it has no video" : "still going on after the deadline"}`);
}
@@UPLOAD@@
if (!/^[!-~]+$/.test(KEY)) leave(3, "set WERYAI_API_KEY to your key first");
@@UPLOADS@@const request = @@REQUEST@@;
@@BODY@@
console.log(`Submitting to ${BASE}`); // once: sent again, it would be charged again
const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body };
const { http, text, envelope } = await call("almighty-reference-to-video", sent).catch((error) => {
  const codes = [error, error.cause, ...(error.cause?.errors ?? [])].map((each) => each?.code);
  const never = codes.some((code) => NO_WAY.test(code) || NO_TRUST.test(code));
  leave(never ? 3 : 4, `no complete answer (${reason(error)})`);
});
const { success, status = success === true ? 0 : "none" } = envelope;
const tasks = find(envelope, "task_id", "task_ids", "taskId", "taskIds").map(String);
const said = `${find(envelope, ...SAID).join(" ") || text.slice(0, 300)} (status ${status}, HTTP ${http})`;
const yes = http < 300 && /^(0|200)$/.test(status);
const decided = /^-?\d+$/.test(status) && /^[24]/.test(http) && http !== 408;
if (!decided || !tasks.length) leave(decided && !yes ? 2 : 4, said);
const clear = yes && success !== false;
console.log(clear ? "ACCEPTED:" : `UNKNOWN, may be charged: ${said}. Following its tasks:`, ...tasks);
process.exitCode = (await Promise.all(tasks.map(follow))).every(Boolean) ? 0 : 1;
"""

UPLOAD = r"""
async function upload(path, type) { // to the service's storage, which is not charged
  const form = new FormData(), failed = (why) => leave(3, `${path} could not be uploaded: ${why}`);
  const content = await readFile(path).catch((error) => failed(error.message));
  form.append("file", new Blob([content], { type }), basename(path));
  form.append("fixed", "false");
  const sent = { method: "POST", body: form };
  const { envelope } = await call("upload-file", sent).catch((error) => failed(reason(error)));
  return find(envelope, "object_url_list")[0] ?? failed(find(envelope, ...SAID).join(" "));
}
"""
