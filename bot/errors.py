"""What goes wrong on the bot's side, grouped as in `ser_core.errors` by who must act.

::

    SerError
    ├── NoteError              nobody: this one note is not answered, the next one may be
    │   ├── UserBusy           this sender has enough notes waiting
    │   ├── ChatBusy           this chat has enough notes waiting
    │   ├── AllBusy            everybody together has enough notes waiting
    │   ├── TooLate            it waited for so long that nobody waits for the answer any more
    │   ├── GaveUp             the bot went down with it again and again
    │   ├── NoteDeleted        its sender has taken it away
    │   ├── Stopping           the bot is going down
    │   ├── WorkerDied         the process that listened is gone
    │   ├── WorkerBloated      the process that listened took too much memory
    │   ├── WorkerTimeout      the process that listened took too long
    │   └── RecognitionFailed  the recognition raised what it never should
    ├── JobTaken               nobody: another replica answers this update
    └── SetupError             the operator: mend the installation
        ├── SettingUnknown     a key that the bot does not know
        ├── SettingInvalid     a value that the bot cannot use
        ├── TokenMissing       no token, and no sandbox asked for
        ├── TokenRefused       Telegram does not know the token
        ├── TelegramUnreachable  no Bot API answers at the address
        ├── PollingTaken       another copy of the bot fetches the updates
        ├── WebPortTaken       another program listens where the bot should
        ├── DatabaseUnreachable  no database answers at the address
        ├── DatabaseUnfit      the database was made by a newer version, or for something else
        ├── ModelGone          a retrained model is not kept any more
        └── RetrainingFailed   the process that fits a new model ended without one
"""

from __future__ import annotations

from ser_core.errors import SerError, SetupError


class NoteError(SerError):
    """Say that one note cannot be answered, through no fault of its sender."""


class UserBusy(NoteError):
    """Say that one sender has as many unanswered notes as the limit allows."""

    def __init__(self, max_per_user: int) -> None:
        """Keep the limit, in notes."""
        super().__init__(f"this sender has {max_per_user} notes waiting")
        self.max_per_user = max_per_user


class ChatBusy(NoteError):
    """Say that one chat has as many unanswered notes as the limit allows."""

    def __init__(self, max_per_chat: int) -> None:
        """Keep the limit, in notes."""
        super().__init__(f"this chat has {max_per_chat} notes waiting")
        self.max_per_chat = max_per_chat


class AllBusy(NoteError):
    """Say that all senders together have as many unanswered notes as the limit allows."""

    def __init__(self, max_total: int) -> None:
        """Keep the limit, in notes."""
        super().__init__(f"{max_total} notes are waiting")
        self.max_total = max_total


class TooLate(NoteError):
    """Say that a note waited for too long, as when the bot was down."""

    def __init__(self, max_minutes: int) -> None:
        """Keep the limit in minutes."""
        super().__init__(f"it waited for more than {max_minutes} minutes")
        self.max_minutes = max_minutes


class GaveUp(NoteError):
    """Say that the bot went down each time that it had this note in hand."""

    def __init__(self, tries: int) -> None:
        """Keep how often that was."""
        super().__init__(f"the bot went down with it {tries} times")
        self.tries = tries


class NoteDeleted(NoteError):
    """Say that the sender has taken the note away."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the note is gone")


class Stopping(NoteError):
    """Say that the bot is going down and takes no more notes."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the bot is stopping")


class WorkerDied(NoteError):
    """Say that a worker process ended while it listened to a note."""

    def __init__(self, exit_code: int | None) -> None:
        """Keep the exit code; a negative one is the signal that ended the process."""
        super().__init__(f"a worker process ended with exit code {exit_code}")
        self.exit_code = exit_code


class WorkerBloated(NoteError):
    """Say that a worker process took more memory than the limit and was ended."""

    def __init__(self, max_mb: int) -> None:
        """Keep the limit in megabytes."""
        super().__init__(f"a worker process took more than {max_mb} MB")
        self.max_mb = max_mb


class WorkerTimeout(NoteError):
    """Say that a worker process took longer than the limit and was ended."""

    def __init__(self, timeout_seconds: float) -> None:
        """Keep the limit in seconds."""
        super().__init__(f"a worker process took more than {timeout_seconds:g} s")
        self.timeout_seconds = timeout_seconds


class RecognitionFailed(NoteError):
    """Say that the recognition raised something that is no `SerError`: a mistake of ours."""

    def __init__(self, details: str) -> None:
        """Keep the traceback of the worker process, for logs."""
        super().__init__(f"the recognition failed:\n{details}")
        self.details = details


class JobTaken(SerError):
    """Say that another replica answers an update, since this one was silent for too long."""

    def __init__(self, update_id: int) -> None:
        """Keep which update."""
        super().__init__(f"another replica answers the update {update_id}")
        self.update_id = update_id


class SettingUnknown(SetupError):
    """Say that a key among the settings is none."""

    def __init__(self, key: str, place: str, nearest: str | None) -> None:
        """Keep the key, where it was found, and the known key that is nearest to it."""
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(f"{place} sets {key}, which is no setting of this bot{hint}")
        self.key = key
        self.place = place
        self.nearest = nearest


class SettingInvalid(SetupError):
    """Say that a setting has a value that cannot be used."""

    def __init__(self, key: str, reason: str) -> None:
        """Keep the key and the reason; never the value, which may be a secret."""
        super().__init__(f"{key} cannot be used: {reason}")
        self.key = key
        self.reason = reason


class TokenMissing(SetupError):
    """Say that the bot was given no token."""

    def __init__(self) -> None:
        """Say how to mend it."""
        super().__init__(
            "BOT_TOKEN is not set: get a token from @BotFather and write it into .env,"
            " or try the bot without one: ser-bot --sandbox"
        )


class TokenRefused(SetupError):
    """Say that Telegram does not accept the token."""

    def __init__(self, api_url: str) -> None:
        """Keep the address of the Bot API that was asked."""
        super().__init__(f"{api_url} does not accept BOT_TOKEN; @BotFather shows the right one")
        self.api_url = api_url


class TelegramUnreachable(SetupError):
    """Say that no Bot API answers."""

    def __init__(self, api_url: str, reason: str) -> None:
        """Keep the address of the Bot API that was asked, and what happened instead."""
        super().__init__(f"the Bot API at {api_url} cannot be reached: {reason}")
        self.api_url = api_url
        self.reason = reason


class PollingTaken(SetupError):
    """Say that another copy of the bot fetches the updates, which only one can do."""

    def __init__(self, place: str) -> None:
        """Keep where the other one runs, as far as it is known."""
        super().__init__(
            f"another copy of this bot takes its updates ({place}): stop that one, or run all"
            " copies behind a webhook, with SER_WEBHOOK_URL and one PostgreSQL"
        )
        self.place = place


class WebPortTaken(SetupError):
    """Say that the bot cannot listen where its webhook, /healthz and /metrics should be."""

    def __init__(self, host: str, port: int) -> None:
        """Keep host and port."""
        super().__init__(
            f"{host}:{port} cannot be listened on: choose others with SER_WEB_HOST and SER_WEB_PORT"
        )
        self.host = host
        self.port = port


class DatabaseUnreachable(SetupError):
    """Say that there is no connection to the database."""

    def __init__(self, place: str, reason: str) -> None:
        """Keep the address, without its password, and what happened instead."""
        super().__init__(f"the database at {place} cannot be reached: {reason}")
        self.place = place
        self.reason = reason


class DatabaseUnfit(SetupError):
    """Say that a database is there, but its tables cannot become those of this version."""

    def __init__(self, place: str, reason: str) -> None:
        """Keep the address, without its password, and what is wrong."""
        super().__init__(
            f"the database at {place} cannot be used: {reason};"
            " is it a newer version's, or another program's?"
        )
        self.place = place
        self.reason = reason


class ModelGone(SetupError):
    """Say that a model is not in the database, or not any more."""

    def __init__(self, model_id: str) -> None:
        """Keep which one."""
        super().__init__(f"the model {model_id} is not kept")
        self.model_id = model_id


class RetrainingFailed(SetupError):
    """Say that the process that fits a new model ended without one."""

    def __init__(self, exit_code: int | None, details: str) -> None:
        """Keep the exit code, a negative one being a signal, and what the process wrote last."""
        lines = details.strip().splitlines()
        super().__init__(lines[-1] if lines else f"it ended with exit code {exit_code}")
        self.exit_code = exit_code
        self.details = details
