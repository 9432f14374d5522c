"""The owner's page and figures: `/owner`, `/owner/ledger.csv`, `/metrics`; only where the owner named a code."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from weryai_ui.access.policy import same_secret
from weryai_ui.access.throttle import Throttle
from weryai_ui.errors import DatabaseAway
from weryai_ui.i18n import locale_of, say, speaking, spoken
from weryai_ui.service import Service
from weryai_ui.ui.http.caller import address_of, hugging_face_user
from weryai_ui.ui.http.params import body_of
from weryai_ui.ui.http.ranges import AWAY
from weryai_ui.ui.owner.content import EMPTY, as_csv, content
from weryai_ui.ui.shared.document import FOLDER, Document

OWNER_PATH = "owner"
COOKIE = "weryai-owner"
STAYS_S = 12 * 3600
FORM_BYTES = 4096
SAID_TO_ALL = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "same-origin"}


def routes(service: Service) -> list[Route]:
    """The owner's page and its file; nothing where the owner wants no such page."""
    if service.settings.owner_code is None and not service.settings.owners:
        return []
    page = OwnerPage(service)
    return [
        Route(f"/{OWNER_PATH}", page.get, methods=["GET"]),
        Route(f"/{OWNER_PATH}", page.post, methods=["POST"]),
        Route(f"/{OWNER_PATH}/ledger.csv", page.csv, methods=["GET"]),
        Route("/metrics", page.metrics, methods=["GET"]),
    ]


class OwnerPage:
    """What the routes do. Who has come in is told by a cookie that the code alone can make, in whichever process."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._throttle = Throttle(processes=service.processes)
        self._own_key = secrets.token_bytes(32)
        self._document = Document(FOLDER.parent / "owner", EMPTY)
        policy = {
            "default-src": "'none'",
            "style-src": f"'sha256-{self._document.style_digest}'",
            "form-action": "'self'",
            **dict.fromkeys(("base-uri", "frame-ancestors"), "'none'"),
        }
        self._headers = {
            **SAID_TO_ALL,
            "Vary": "Accept-Language, Cookie",
            "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        }

    async def get(self, request: Request) -> Response:
        """The page, or its door."""
        return await self._spoken(request, self._page)

    async def post(self, request: Request) -> Response:
        """The code; or, from within, the switch."""
        body = await body_of(request, FORM_BYTES)
        if body is None:
            return Response(status_code=413)
        form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return await self._spoken(request, lambda asked: self._act(asked, form))

    async def csv(self, request: Request) -> Response:
        """Every entry of the last 30 days as CSV, to who has come in."""
        return await self._spoken(request, self._csv)

    async def metrics(self, request: Request) -> Response:
        """The figures in Prometheus' text form, to who has come in or bears the owner's code."""
        return await self._spoken(request, self._metrics)

    async def _spoken(self, request: Request, answer: Callable[[Request], Response]) -> Response:
        def answered() -> Response:
            with speaking(locale_of(request.headers.get("accept-language"))):
                try:
                    return answer(request)
                except DatabaseAway as away:
                    return self._answer({"door": "away", "said": str(away)}, 503, AWAY)

        return await run_in_threadpool(answered)

    def _page(self, request: Request) -> Response:
        if not self._is_inside(request):
            return self._door()
        found = content(self._service.overview(), *self._service.work(), self._service.settings.storage_gb)
        switch = {
            "has_key": self._service.settings.api_key is not None,
            "stopped": self._service.access.is_stopped(),
            "token": self._form_token(request),
        }
        return self._answer({**found, **switch}, 200)

    def _act(self, request: Request, form: dict[str, str]) -> Response:
        if "code" in form:
            return self._enter(request, form["code"])
        if not self._is_inside(request) or not hmac.compare_digest(form.get("token", ""), self._form_token(request)):
            return self._door(status=403)
        action = form.get("action")
        if action in ("stop", "resume"):
            self._service.stop_spending(stopped=action == "stop")
        if action == "again":
            self._service.try_again()
        back = RedirectResponse(OWNER_PATH, 303, headers=SAID_TO_ALL)
        if action == "leave":
            back.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return back

    def _enter(self, request: Request, code: str) -> Response:
        wanted = self._service.settings.owner_code
        if wanted is None:
            return self._door(status=403)
        right, wait = self._throttle.attempt(address_of(request), lambda: same_secret(wanted, code.strip()))
        if not right:
            return self._door(say("owner.wrong_code", seconds=math.ceil(wait)), 403)
        ends = str(int(time.time()) + STAYS_S)
        back = RedirectResponse(OWNER_PATH, 303, headers=SAID_TO_ALL)
        secure = request.url.scheme == "https"
        cookie = f"{ends}.{self._signed(ends)}"
        back.set_cookie(COOKIE, cookie, max_age=STAYS_S, httponly=True, samesite="strict", secure=secure)
        return back

    def _csv(self, request: Request) -> Response:
        if not self._is_inside(request):
            return self._door(status=403)
        headers = {**SAID_TO_ALL, "Content-Disposition": 'attachment; filename="ledger.csv"'}
        return Response(as_csv(self._service.entries()), media_type="text/csv", headers=headers)

    def _metrics(self, request: Request) -> Response:
        # Imported here: most apps are asked for no metrics, and the library takes a while.
        from weryai_ui.ui.owner.metrics import CONTENT_TYPE_LATEST, exposition

        if not (self._is_inside(request) or self._bears_code(request)):
            return Response(status_code=401, headers={**SAID_TO_ALL, "WWW-Authenticate": "Bearer"})
        return Response(exposition(self._service), headers={**SAID_TO_ALL, "Content-Type": CONTENT_TYPE_LATEST})

    def _bears_code(self, request: Request) -> bool:
        wanted = self._service.settings.owner_code
        scheme, _, code = request.headers.get("authorization", "").partition(" ")
        if wanted is None or scheme.lower() != "bearer":
            return False
        return self._throttle.attempt(address_of(request), lambda: same_secret(wanted, code.strip()))[0]

    def _is_inside(self, request: Request) -> bool:
        user = hugging_face_user(request.scope)
        if user and user.lower() in self._service.settings.owners:
            return True
        ends, _, proof = request.cookies.get(COOKIE, "").partition(".")
        if self._service.settings.owner_code is None or not ends.isascii() or not ends.isdigit():
            return False
        return hmac.compare_digest(proof.encode(), self._signed(ends).encode()) and int(ends[:12]) > time.time()

    def _form_token(self, request: Request) -> str:
        """What a form of this page brings back, so that no other page's form counts."""
        return self._signed(f"form {request.cookies.get(COOKIE) or hugging_face_user(request.scope)}")

    def _signed(self, text: str) -> str:
        """A proof that only who knows the owner's code can make; without a code, only this process."""
        code = self._service.settings.owner_code
        key = self._own_key if code is None else hashlib.sha256(b"owner\n" + code.get_secret_value().encode()).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _door(self, said: str = "", status: int = 200) -> Response:
        settings = self._service.settings
        door = "code" if settings.owner_code is not None else "named"
        return self._answer({"door": door, "said": said, "sign_in": bool(settings.owners)}, status)

    def _answer(self, said: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response:
        document = self._document.html({**said, "locale": spoken().value})
        return HTMLResponse(document, status, {**self._headers, **(headers or {})})
