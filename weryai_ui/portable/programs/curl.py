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
        f"file_{number}=$(upload {_argument(file)} {file.content_type}) || exit $NOT_SENT"
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
#
# Needs bash and curl. Save it as generate.sh, set WERYAI_API_KEY, and run: bash generate.sh
# Every run sends one paid request. The videos are saved in the current folder.
#
# Exit status: 0 every video is here, 1 something failed, 2 refused, 3 nothing was sent,
# 4 unknown: the request may have been accepted and charged.

set -uo pipefail
export LC_ALL=C

BASE_URL=@@BASE_URL@@
BASE_URL=${WERYAI_BASE_URL:-$BASE_URL}
BASE_URL=${BASE_URL%/}
API_KEY=${WERYAI_API_KEY:-}
POLL_SECONDS=${WERYAI_POLL_SECONDS:-6}
DEADLINE_SECONDS=$((30 * 60))
FAILED=1 REFUSED=2 NOT_SENT=3 UNKNOWN=4

request() {
  cat <<@@HEREDOC@@
@@REQUEST@@
JSON
}

give_up() { # exit status, why
  printf '%s\n' "$2" >&2
  exit "$1"
}

unknown() { # why
  give_up $UNKNOWN "UNKNOWN: $1
It may have been accepted and charged: check before you run it again."
}

# One call with the key, which goes in by stdin so that it is not in the list of processes.
# -q leaves out ~/.curlrc: a "retry" or "location" there could send the paid request twice.
call() {
  curl -q --globoff --silent --show-error --connect-timeout 10 --config - "$@" \
    <<<"header = \"Authorization: Bearer $API_KEY\""
}

# The first field of a name in the JSON on stdin, as it stands there: "text" or 12.
field() { # name
  grep -oE "\"$1\" *: *(\"([^\"\\\\]|\\\\.)*\"|[^],} \"]+)" | sed -E '1!d; s/^"[^"]*" *: *//'
}

# A text without its quotes and escapes; a number or null says nothing.
plain() { # "text"
  case $1 in
    '"'*) printf '%b' "$(sed -E 's/^"(.*)"$/\1/; s#\\([/"])#\1#g' <<<"$1")" ;;
  esac
}

# What the service says in its answer.
words() { # answer
  local name text
  for name in message desc msg; do
    text=$(plain "$(field $name <<<"$1")")
    [[ -n $text ]] && break
  done
  printf '%s' "$text"
}

# Every task id in the answer to a submit: "task_id" for one video, "task_ids" for several.
task_ids() {
  grep -oE '"task_?[iI]ds?" *: *("[^"]*"|[0-9]+|\[[^]]*\])' | sed -E 's/^"[^"]*" *: *//' |
    grep -oE '[A-Za-z0-9._~-]+' | sort -u
}

# Every link under "videos", "video_urls", "video_url" or "video" in a status, without the covers beside them.
video_links() {
  local value='(\[[^]]*\]|\{[^}]*\}|"[^"]*")'
  grep -oE '"(videos|video_urls?|video)" *: *'"$value" | sed -E 's/"cover[A-Za-z_]*" *: *"[^"]*"//g' |
    grep -oE '"https?:[^"]+"' |
    sed -E 's/"//g; s#\\/#/#g; s/\\u0026/\&/g; s/\\u003[dD]/=/g' | sort -u
}
@@UPLOAD@@
# Download one video. The link goes without the key, and may be asked for again.
save() { # link, file
  if curl -q --globoff --fail --location --silent --show-error --retry 2 --connect-timeout 10 --max-time 600 \
    --output "./$2.part" --url "$1" && mv "./$2.part" "./$2"; then
    echo "saved $2"
  else
    echo "not downloaded: $1" >&2
    return 1
  fi
}

command -v curl >/dev/null || give_up $NOT_SENT "NOT SENT: curl is not installed."
[[ $API_KEY =~ ^[[:graph:]]+$ ]] || give_up $NOT_SENT "NOT SENT: set WERYAI_API_KEY to your key first."
body=$(mktemp) || exit $NOT_SENT
trap 'rm -f "$body"' EXIT
@@UPLOADS@@request >"$body" || exit $NOT_SENT

# --- the paid request: sent once, because sent again it would be charged again ---

echo "Submitting to $BASE_URL"
answer=$(call --max-time 90 --request POST --url "$BASE_URL/v1/generation/almighty-reference-to-video" \
  --header 'Content-Type: application/json' --data-binary "@$body" --write-out '\n%{http_code} %{time_connect}')
failure=$?
read -r http connected <<<"${answer##*$'\n'}"
answer=$(tr -s '\r\n\t' ' ' <<<"${answer%$'\n'*}")

case $failure in
  0) ;;
  35 | 60) give_up $NOT_SENT "NOT SENT, nothing was spent: no secure connection (code $failure)" ;;
  *)
    # The time at which the connection stood: it never did.
    [[ $connected == 0.000000 ]] && give_up $NOT_SENT "NOT SENT, nothing was spent: no connection (code $failure)"
    unknown "no complete answer (curl's code is $failure)" ;;
esac

status=$(field status <<<"$answer")
ids=$(task_ids <<<"$answer")
[[ $answer == "{"*"}"* ]] || status=none # not JSON
if [[ $http == 2?? && ($status == 0 || $status == 200) ]]; then
  [[ -n $ids ]] || unknown "the service said yes but named no task"
  echo "ACCEPTED:" $ids
elif [[ $http == [24]?? && $http != 408 && $status =~ ^-?[0-9]+$ && -z $ids ]]; then
  give_up $REFUSED "REFUSED by the service: $(words "$answer") (status $status, HTTP $http)"
else
  unknown "HTTP $http: ${answer:0:300}"
fi

# --- every task, until it ends or the deadline has passed ---

all_here=yes
pending=$ids
shown=
end=$((SECONDS + DEADLINE_SECONDS))
while [[ -n $pending ]] && ((SECONDS < end)); do
  sleep "$POLL_SECONDS"
  unfinished=
  for id in $pending; do
    # Without an answer the next poll tells.
    answer=$(call --max-time 20 --url "$BASE_URL/v1/generation/$id/status" | tr -s '\r\n\t' ' ')
    state=$(plain "$(field 'task_?[sS]tatus' <<<"$answer")" | tr '[:upper:]' '[:lower:]')
    if [[ -n $state ]]; then # the task's own words stand behind "data"
      line="$id: $state $(words "${answer#*\"data\"}")"
    else
      line="$id: no state, asking again ($(words "$answer"))"
    fi
    [[ $shown == *"$line;"* ]] || echo "$line"
    shown+="$line;"
    case $state in
      succeed | success | completed | complete)
        number=0
        while read -r link; do
          number=$((number + 1))
          save "$link" "$id-$number.mp4" || all_here=no
        done < <(video_links <<<"$answer")
        ((number > 0)) || { echo "$id: ready, but the answer has no video" >&2; all_here=no; } ;;
      failed | fail | error | canceled | cancelled)
        all_here=no ;;
      *) unfinished+=" $id" ;;
    esac
  done
  pending=$unfinished
done

if [[ -n $pending ]]; then
  echo "Not finished by the deadline, and still going on:$pending" >&2
  all_here=no
fi
[[ $all_here == yes ]] || exit $FAILED
"""

UPLOAD = r"""
# Put a local file on the service's storage, which is not charged, and print its link.
upload() { # path, type
  local answer link
  echo "Uploading $1" >&2
  answer=$(call --max-time 300 --url "$BASE_URL/v1/generation/upload-file" \
    --form "file=@\"$1\";type=$2" --form fixed=false | tr -s '\r\n\t' ' ')
  link=$(grep -oE '"object_url_list" *: *\[ *"[^"]+"' <<<"$answer" | grep -oE '"https?:[^"]+"' |
    sed -E 's/"//g; s#\\/#/#g; s/\\u0026/\&/g; s/\\u003[dD]/=/g')
  [[ -n $link ]] || give_up $NOT_SENT "NOT SENT: $1 could not be uploaded. $(words "$answer")"
  printf '%s' "$link"
}
"""
