"""Uploaded files: what they are, how large, how long; posters, thumbnails, cuts, and files made to fit.

The page's process only reads a few bytes of a file (`kinds`). Everything that parses it runs in a child process with
limits on time, memory, files and output (`child` starts it, `worker` is it): a crash, a hang or a hungry decoder
ends there. The child is given open files and no names, and may open nothing: neither another file nor a connection.
"""

from weryai_ui.media.child import UNSEEN, Places, Watch
from weryai_ui.media.fitting import Need, fit, fits_at_once, needs, seconds_to_fit
from weryai_ui.media.joins import join
from weryai_ui.media.kinds import HEAD_BYTES, MIMES, MediaKind, head_of, kind_of_name, sniff
from weryai_ui.media.limits import MEDIA_LIMITS, UPLOAD_EXTENSIONS, MediaLimits
from weryai_ui.media.measuring import Media, last_frame, measure, poster, thumbnail
from weryai_ui.media.sentences import MediaError, NotNow, TooHeavy, kept_from_leaving, not_ours, not_taken, too_heavy
from weryai_ui.media.trimming import trim

__all__ = [
    "HEAD_BYTES",
    "MEDIA_LIMITS",
    "MIMES",
    "UNSEEN",
    "UPLOAD_EXTENSIONS",
    "Media",
    "MediaError",
    "MediaKind",
    "MediaLimits",
    "Need",
    "NotNow",
    "Places",
    "TooHeavy",
    "Watch",
    "fit",
    "fits_at_once",
    "head_of",
    "join",
    "kept_from_leaving",
    "kind_of_name",
    "last_frame",
    "measure",
    "needs",
    "not_ours",
    "not_taken",
    "poster",
    "seconds_to_fit",
    "sniff",
    "thumbnail",
    "too_heavy",
    "trim",
]
