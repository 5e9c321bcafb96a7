"""HTTP to vendors: httpx, one connection pool per process, answers of bounded size."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wallboard.errors import VendorUnavailable
from wallboard.sources._source import Reply

if TYPE_CHECKING:
    import httpx

LARGEST = 64 * 1024 * 1024
"""Bytes of one answer: a hundred thousand lines of a wide report, and within what a worker can hold."""

SECONDS = 300.0
"""How long an answer may take to begin: some vendors write the report while we wait."""


class HttpTransport:
    """The port `Transport`. `elsewhere` sends the requests to a host to another address: to its simulator on this machine."""

    def __init__(self, elsewhere: Mapping[str, str] | None = None, client: "httpx.Client | None" = None) -> None:
        self._elsewhere = elsewhere or {}
        if client:
            self.__dict__["_client"] = client

    @cached_property
    def _client(self) -> "httpx.Client":
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx

        # Tenants share the hosts of a vendor: a cookie that one is given must not come with another's request.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        return httpx.Client(
            timeout=httpx.Timeout(SECONDS, connect=10.0),
            limits=httpx.Limits(max_connections=16),
            follow_redirects=False,
            cookies=no_cookies,
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | Sequence[tuple[str, str]] | None,
        json: Any,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> Reply:
        import httpx  # late: it takes half a second, and most functions share this process's wiring without calling anybody

        target = httpx.URL(url)
        if target.host in self._elsewhere:
            target = httpx.URL(self._elsewhere[target.host]).copy_with(raw_path=target.raw_path)
        parameters = httpx.QueryParams(dict(query) if isinstance(query, Mapping) else list(query or ()))
        request = self._client.build_request(
            method, target, params=parameters if query else None, json=json, data=form, headers=dict(headers)
        )
        try:
            answer = self._client.send(request, stream=True)
            try:
                return Reply(answer.status_code, _lower(answer.headers), _whole(answer))
            finally:
                answer.close()
        except httpx.TimeoutException as error:
            raise VendorUnavailable("the vendor did not answer in time") from error
        except httpx.HTTPError as error:  # its text may hold the address, and so what was asked for
            raise VendorUnavailable(f"the connection to the vendor broke: {type(error).__name__}") from error


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _whole(answer: "httpx.Response") -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise VendorUnavailable(f"the answer is larger than {LARGEST} bytes; it was not read to its end")
    return bytes(body)
