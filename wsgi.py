"""The web application for a WSGI server: `gunicorn wsgi:app`, settings from the environment."""

from casework.app import create_app
from casework.private import keep_to_oneself

keep_to_oneself()
app = create_app()
