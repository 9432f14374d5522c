"""The snippet in bash with cURL; of other tools it needs grep, sed, sort and tr, which every system has."""

from __future__ import annotations

import re
import shlex

from weryai_ui.portable.programs.literals import Style, json_text, literal
from weryai_ui.portable.programs.parts import LocalFile, Parts, filled

_PLAIN = Style(key=json_text, text=json_text, last_comma=False)


def written(parts: Parts) -> str:
    """The whole program."""
    names = {file.link: f'"$file_{number}"' for number, file in enumerate(parts.files, 1)}
    style = Style(json_text, _in_open_heredoc, last_comma=False) if parts.files else _PLAIN
    uploads = [
        f"{file.comment('#')}file_{number}=$(upload {_argument(file)} {file.content_type}) || exit 3"
        for number, file in enumerate(parts.files, 1)
    ]
    return filled(
        TEMPLATE,
        {
            "TITLE": parts.title,
            "BASE_URL": shlex.quote(parts.base_url),
            # A line of JSON is never the word JSON alone, so no prompt can end the text early.
            "HEREDOC": "JSON" if parts.files else "'JSON'",
            "REQUEST": literal(parts.body, style, names),
            "UPLOAD": UPLOAD if uploads else "",
            "UPLOADS": "".join(line + "\n" for line in uploads),
        },
    )


def _in_open_heredoc(text: str) -> str:
    """A JSON string where the shell fills in variables."""
    return re.sub(r"[\\$`]", r"\\\g<0>", json_text(text))


def _argument(file: LocalFile) -> str:
    """A path as one word of bash, with the escapes that curl reads inside the quotes of `file=@"..."`."""
    return shlex.quote(file.path.replace("\\", "\\\\").replace('"', '\\"'))


TEMPLATE = r"""#!/usr/bin/env bash
# @@TITLE@@
# Needs bash and curl. Set WERYAI_API_KEY and run: bash generate.sh. Every run sends one paid request.
# Exit status: 0 all videos are saved, 1 something failed, 2 refused, 3 nothing was sent, 4 unknown.
set -fuo pipefail
export LC_ALL=C
BASE=@@BASE_URL@@
BASE=${WERYAI_BASE_URL:-$BASE}
BASE=${BASE%/}/v1/generation
KEY=${WERYAI_API_KEY:-}
OUTCOMES=([2]="REFUSED by the service:" [3]="NOT SENT, nothing was spent:"
  [4]="UNKNOWN. It may have been accepted and charged: check before you run this again.")

leave() { printf '%s %s\n' "${OUTCOMES[$1]}" "$2" >&2; exit "$1"; }
# The key goes in by stdin, to be in no list of processes; -q leaves out a ~/.curlrc that could send twice.
call() {
  curl -qgsS --connect-timeout 10 -K - "$@" <<<"header = \"Authorization: Bearer $KEY\"" | tr -s '\r\n\t' ' '
}
field() { # of the JSON on stdin, as it stands there: "text" or 12
  grep -oE "\"$1\" *: *(\"([^\"\\\\]|\\\\.)*\"|[^],} \"]+)" | sed -E '1!d; s/^"[^"]*" *: *//'
}
plain() { # "text"
  [[ $1 == '"'?*'"' ]] && printf '%b' "$(sed -E 's/^"(.*)"$/\1/; s#\\([/"])#\1#g' <<<"$1")"
}
words() { for name in message desc msg; do plain "$(field $name <<<"$1")" && break; done; } # of an answer
links() { # of the JSON on stdin
  grep -oE '"https?:[^"]+"' | sed -E 's/"//g; s#\\/#/#g; s/\\u0026/\&/g; s/\\u003[dD]/=/g' | sort -u
}
videos() {
  grep -oE '"(videos|video_urls?|video)" *: *(\[[^]]*\]|\{[^}]*\}|"[^"]*")' |
    sed -E 's/"cover[A-Za-z_]*" *: *"[^"]*"//g' | links
}
save() { # link, file: the link goes without the key, and may be asked for again
  curl -qgfsSL --retry 2 --connect-timeout 10 -m 600 -o "./$2.part" --url "$1" && mv "./$2.part" "./$2" &&
    echo "saved $2" || { echo "not downloaded: $1" >&2; return 1; }
}
@@UPLOAD@@
[[ $KEY =~ ^[[:graph:]]+$ ]] || leave 3 "set WERYAI_API_KEY to your key first"
@@UPLOADS@@read -rd '' request <<@@HEREDOC@@
@@REQUEST@@
JSON
echo "Submitting to $BASE" # once: sent again, it would be charged again
answer=$(call -m 90 --url "$BASE/almighty-reference-to-video" -H 'Content-Type: application/json' \
  --data-binary "$request" -w '\n%{http_code} %{time_connect}')
failure=$?
connected=${answer##* } answer=${answer% *}
http=${answer##* } answer=${answer% *}
[[ $failure =~ ^(35|60)$ || ($failure != 0 && $connected == 0.000000) ]] && leave 3 "curl's code is $failure"
((failure == 0)) || leave 4 "no complete answer (curl's code is $failure)"
status=$(field status <<<"$answer" | tr -d '" ')
success=$(field success <<<"$answer")
[[ -z $status && $success == true ]] && status=0
tasks=$(grep -oE '"task_?[iI]ds?" *: *("[^"]*"|[0-9]+|\[[^]]*\])' <<<"$answer" | sed -E 's/^"[^"]*" *: *//' |
  grep -oE '[A-Za-z0-9._~-]+' | grep -vx null | sort -u)
said="$(words "$answer") (status $status, HTTP $http)"
[[ $answer == "{"*"}"* && $http == [24]?? && $http != 408 && $status =~ ^-?[0-9]+$ ]] ||
  leave 4 "$said ${answer:0:300}"
[[ $http == 2?? && $status =~ ^(0|200)$ ]] && yes=1 || yes=
[[ $tasks ]] || leave $((yes ? 4 : 2)) "$said"
[[ $yes && $success != false ]] && said="ACCEPTED:" || said="UNKNOWN, may be charged: $said. Its tasks:"
echo "$said" $tasks

good=1 shown= polled=
while [[ $tasks ]] && ((SECONDS < 30 * 60)); do
  sleep "${WERYAI_POLL_SECONDS:-6}"
  pending=
  for task in $tasks; do
    answer=$(call -m 20 --url "$BASE/$task/status") # without an answer the next poll tells
    state=$(plain "$(field 'task_?[sS]tatus' <<<"$answer")" | tr '[:upper:]' '[:lower:]')
    links=$(videos <<<"$answer")
    said=$(words "${answer#*\"data\"}")
    line="$task: ${state:-no state, asking again: $(words "$answer")} ${said:-$links}"
    [[ $shown == *"$line;"* ]] || echo "$line"
    shown+="$line;"
    case $state in
      succeed | success | completed | complete)
        polled+=" $task;" number=0 # a link may come a little later
        polls=$(grep -oF " $task;" <<<"$polled" | grep -c .)
        [[ -z $links ]] && ((polls < 20)) && pending+=" $task" && continue
        [[ $links ]] || { good= && echo "$task: ready, but the answer has no video"; }
        for link in $links; do save "$link" "$task-$((++number)).mp4" || good=; done ;;
      failed | fail | error | canceled | cancelled) good= ;;
      *) pending+=" $task" ;;
    esac
  done
  tasks=$pending
done
[[ -z $tasks ]] || { good= && echo "Not finished by the deadline, and still going on:$tasks" >&2; }
[[ $good ]]
"""

UPLOAD = r"""
upload() { # path, type: to the service's storage, which is not charged
  answer=$(call -m 300 --url "$BASE/upload-file" --form "file=@\"$1\";type=$2" --form fixed=false)
  link=$(grep -oE '"object_url_list" *: *\[ *"[^"]+"' <<<"$answer" | links)
  [[ $link ]] || leave 3 "$1 could not be uploaded: $(words "$answer")"
  printf '%s' "$link"
}
"""
