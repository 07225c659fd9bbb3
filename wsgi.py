"""The web application for a WSGI server: `gunicorn wsgi:app`, settings from the environment."""

from casework.app import create_app

app = create_app()
