"""What goes in and out of the API, as marshmallow schemas; one module for each noun."""
