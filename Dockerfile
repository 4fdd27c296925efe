# The bot in a container: docker build -t speech-emotion-recogniser .
# docs/self-hosting.md tells how to run it.

FROM python:3.12-slim AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /source

# What changes seldom stands first, so that the layers are used again.
COPY requirements.lock requirements-build.lock ./
# The wheel's ffmpeg goes: Debian's is there, and gets Debian's security updates.
RUN python -m venv --without-pip /opt/bot \
    && pip --python /opt/bot/bin/python install \
        --require-hashes --only-binary :all: --requirement requirements.lock \
    && rm /opt/bot/lib/python3.12/site-packages/imageio_ffmpeg/binaries/ffmpeg-* \
    && pip install --require-hashes --only-binary :all: --requirement requirements-build.lock

COPY LICENSE README.md pyproject.toml ./
COPY bot bot
COPY ser_core ser_core
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip --python /opt/bot/bin/python install --no-deps --no-index /wheels/*.whl


FROM python:3.12-slim

# No version is pinned: the newest ffmpeg of this Debian is the one to have.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin bot \
    && install --directory --owner=10001 --group=10001 --mode=700 /data

COPY --from=builder /opt/bot /opt/bot

# Each worker computes on one core, so threads for all the machine's cores would only cost memory.
# matplotlib keeps a list of fonts where it may write.
ENV DATABASE_URL=sqlite:////data/ser.sqlite3 \
    MPLCONFIGDIR=/data/matplotlib \
    OPENBLAS_NUM_THREADS=1 \
    PATH=/opt/bot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /opt/bot
USER 10001:10001
VOLUME /data

# Healthy means that a process which listens to notes is there, and no more: docs/self-hosting.md.
# The brackets keep grep from finding this very command.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["sh", "-c", "grep --quiet --no-messages '[s]pawn_main' /proc/[0-9]*/cmdline"]

# The bot answers the notes in the works, and then ends.
STOPSIGNAL SIGTERM
ENTRYPOINT ["ser-bot"]
