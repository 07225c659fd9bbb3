"""The web application for a WSGI server of your own (`wsgi:app`), settings from the environment."""

from casework.app import create_app
from casework.logs import get_logger
from casework.phrases import sentence
from casework.private import keep_to_oneself

keep_to_oneself()
app = create_app()
for code in app.extensions["casework"].settings.warnings():
    get_logger().warning(code, told=sentence(code, {}, "en"))
