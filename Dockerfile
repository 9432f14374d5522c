FROM python:3.11-slim
# The font is for Chinese prompts in the sandbox's videos. Debian keeps no older version of it to pin.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home studio && install -d -o studio /app/data
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt "psycopg[binary]>=3.2,<4"
COPY app.py ./
COPY weryai_ui weryai_ui/
USER 10001
# Every address of the container; strangers may come in by it, so the owner's key is closed until a setting opens it.
ENV GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 PYTHONDONTWRITEBYTECODE=1
VOLUME /app/data
EXPOSE 7860
HEALTHCHECK CMD ["python", "-c", "import requests; requests.get('http://127.0.0.1:7860/healthz').raise_for_status()"]
CMD ["python", "app.py"]
