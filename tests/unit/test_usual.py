"""What the page says of how long a task takes: the account's own times, from five on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.test_views import INTENT, task
from weryai_ui.client.tasks import TaskState
from weryai_ui.i18n import Locale, say, speaking
from weryai_ui.store.records import Intent, SendTo
from weryai_ui.ui.usual import LAST, took, usual_words


def ready(seconds: float, send_to: SendTo = SendTo.OWNER_KEY) -> Intent:
    ended = replace(task(TaskState.SUCCEEDED), created_at=100.0, ended_at=100.0 + seconds)
    return replace(INTENT, send_to=send_to, tasks=(ended,))


def test_from_five_on_the_median_and_the_range_of_the_accounts_own_tasks_are_said() -> None:
    own = took([ready(seconds) for seconds in (40, 25, 90, 1300, 61)], SendTo.OWNER_KEY)
    assert usual_words(SendTo.OWNER_KEY, own) == "your last 5: 1 min 01 s, from 25 s to 21 min 40 s"
    with speaking(Locale.ZH):
        assert "1 分 01 秒" in usual_words(SendTo.OWNER_KEY, own)


@pytest.mark.parametrize("send_to", [SendTo.OWNER_KEY, SendTo.MY_KEY])
def test_before_that_it_is_what_is_known_of_the_service(send_to: SendTo) -> None:
    assert usual_words(send_to, (40, 25, 90, 1300)) == say("usual.service")


def test_only_films_of_the_same_account_count_and_only_the_last_of_them() -> None:
    failed = replace(INTENT, tasks=(task(TaskState.FAILED), task(TaskState.PROCESSING)))
    intents = [ready(1.0, SendTo.SANDBOX), failed, *[ready(float(number)) for number in range(30)]]
    assert took(intents, SendTo.OWNER_KEY) == tuple(float(number) for number in range(LAST))
    assert took(intents, SendTo.MY_KEY) == ()
    assert usual_words(SendTo.SANDBOX, (1.0,) * 9) == say("usual.sandbox")
