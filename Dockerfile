FROM python:3.11-slim AS packages
RUN python -m venv /opt/venv
COPY requirements.txt ./
RUN /opt/venv/bin/pip install --no-cache-dir -r requirements.txt "psycopg[binary]>=3.2,<4" "cryptography>=44"

FROM python:3.11-slim
# The font is for Chinese prompts in the sandbox's videos. Debian keeps no older version of it to pin.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home studio && install -d -o studio /app/data
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY app.py ./
COPY weryai_ui weryai_ui/
USER 10001
# Only the data and /tmp are written, so that the rest may be read-only.
# Every address of the container; strangers may come in by it, so the owner's key is closed until a setting opens it.
ENV PATH=/opt/venv/bin:$PATH GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 PYTHONDONTWRITEBYTECODE=1
VOLUME /app/data
EXPOSE 7860
HEALTHCHECK CMD ["python", "-c", "import requests; requests.get('http://127.0.0.1:7860/healthz').raise_for_status()"]
CMD ["python", "app.py"]
