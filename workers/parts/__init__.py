"""The embedded parts (object store, queue) and the processes of one machine."""

from __future__ import annotations

import time

from models.errors import BadSetting, Unavailable
from models.settings import Settings


def wait_ready(settings: Settings, seconds: float = 60.0) -> None:
    """Return when the queue answers and the object store takes a PUT.

    Unavailable, with the last reason, when that has not happened after `seconds`; BadSetting at
    once when the queue refuses its password, since waiting cannot help.
    """
    from models.storage import connect

    if not settings.s3_endpoint or not settings.redis_url.get_secret_value():
        raise Unavailable(
            f"The embedded parts in {settings.data_dir} are not set up yet: start with `make run`."
        )
    storage = connect(settings)
    deadline = time.monotonic() + seconds
    _wait_queue(settings, deadline)
    storage.wait(max(1.0, deadline - time.monotonic()))


def _wait_queue(settings: Settings, deadline: float) -> None:
    # Imported here: `python -m workers.parts` execs other programs and shall start at once.
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    queue = redis.Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_connect_timeout=2,
        socket_timeout=2,
        # The client's own retries would repeat a refused password, too.
        retry=Retry(NoBackoff(), 0),
    )
    try:
        while True:
            try:
                queue.ping()
                return
            except redis.AuthenticationError as error:
                raise BadSetting(
                    "The queue refuses the password in SCRIVANO_REDIS_URL: correct it."
                ) from error
            except redis.RedisError as error:
                if time.monotonic() > deadline:
                    raise Unavailable(
                        f"The queue (Redis or Valkey) does not answer ({type(error).__name__}): "
                        "see that it runs and that SCRIVANO_REDIS_URL is right."
                    ) from error
                time.sleep(0.2)
    finally:
        queue.close()
