"""I/O  The parameters of a request, whichever way they were sent: query, form, multipart, JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile

if TYPE_CHECKING:
    from starlette.requests import Request

_MIME_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


class WrongParameter(Exception):
    """Say that a parameter, or the whole body, is missing or of the wrong kind."""

    def __init__(self, *, name: str, expected: str) -> None:
        """Keep the name of the parameter and what it should be, in words."""
        super().__init__(f"{name} must be {expected}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Upload:
    """Hold one uploaded file."""

    name: str
    mime_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """Hold what a request was sent with.

    In a form every value is a string, in JSON it has its own type: both read the same here.
    """

    values: dict[str, Any]
    files: dict[str, Upload]

    def text(self, name: str, default: str = "") -> str:
        """Give a parameter as text."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int | None = None) -> int:
        """Give a parameter as a whole number.

        Raises:
            WrongParameter: if it is none, or if it is missing without a default.
        """
        value = self.values.get(name, default)
        try:
            return int(str(value))
        except ValueError as error:
            raise WrongParameter(name=name, expected="a whole number") from error

    def has(self, name: str) -> bool:
        """Tell whether a parameter was sent and is not empty."""
        return self.values.get(name) not in (None, "")

    def flag(self, name: str) -> bool:
        """Tell whether a parameter is true."""
        return self.text(name).lower() in {"true", "1"}

    def structure(self, name: str) -> Any:  # noqa: ANN401 - JSON holds anything
        """Give a parameter that is JSON, or None without one.

        Raises:
            WrongParameter: if it is no JSON.
        """
        value = self.values.get(name)
        return _load_json(value, name) if isinstance(value, str) else value


async def read_params(request: Request) -> Params:
    """Read the query and the body of a request.

    Raises:
        WrongParameter: if the body says that it is JSON and is none, or is not an object.
    """
    values: dict[str, Any] = dict(request.query_params)
    files: dict[str, Upload] = {}
    if request.headers.get("content-type", "").startswith("application/json"):
        values |= _read_json(await request.body())
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                data = await value.read()
                files[name] = Upload(value.filename or "file", _read_mime_type(value), data)
            else:
                values[name] = value
    return Params(values, files)


def _read_mime_type(upload: UploadFile) -> str:
    """Give the type that a file was sent with, if it is one."""
    kind = (upload.content_type or "").partition(";")[0].strip().lower()
    return kind if _MIME_TYPE.fullmatch(kind) else "application/octet-stream"


def _read_json(body: bytes) -> dict[str, Any]:
    """Give the object that a JSON body holds."""
    values = _load_json(body or b"{}", "the body")
    if not isinstance(values, dict):
        raise WrongParameter(name="the body", expected="a JSON object")
    return values


def _load_json(source: str | bytes, name: str) -> Any:  # noqa: ANN401 - JSON holds anything
    """Give what JSON says; what could not be said again in JSON (NaN, half a character) is none."""
    try:
        loaded = json.loads(source)
        json.dumps(loaded, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise WrongParameter(name=name, expected="JSON") from error
    return loaded
