"""The web application for a WSGI server of your own (`wsgi:app`), settings from the environment."""

import structlog

from casework.app import create_app
from casework.config import load_settings
from casework.phrases import sentence

settings = load_settings()
for code in settings.warnings():
    structlog.get_logger().warning(code, told=sentence(code, {}, "en"))
app = create_app(settings)
