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

# What lists the packages is locked too, with those for development.
COPY requirements-dev.lock ./
RUN pip install --require-hashes --only-binary :all: --constraint requirements-dev.lock \
        cyclonedx-bom

COPY LICENSE README.md pyproject.toml ./
COPY bot bot
COPY ser_core ser_core
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip --python /opt/bot/bin/python install --no-deps --no-index /wheels/*.whl \
    && cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
        --output-file /opt/bot/sbom.json /opt/bot/bin/python


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
# matplotlib keeps a list of fonts where it may write. Which addresses of the host lead to the port
# is said when the container is started; by default none does.
ENV DATABASE_URL=sqlite:////data/ser.sqlite3 \
    MPLCONFIGDIR=/data/matplotlib \
    OPENBLAS_NUM_THREADS=1 \
    PATH=/opt/bot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SER_WEB_HOST=0.0.0.0 \
    SER_WEB_PORT=8080
WORKDIR /opt/bot
USER 10001:10001
VOLUME /data
EXPOSE 8080

# Healthy means that workers have recognised a probe note, and that database and Telegram answer.
# No proxy stands between the container and itself.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as web; web.build_opener(web.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['SER_WEB_PORT'] + '/healthz', timeout=8)"]

# The bot answers the notes in the works, and then ends.
STOPSIGNAL SIGTERM
ENTRYPOINT ["ser-bot"]
