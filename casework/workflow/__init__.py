"""The engine: read YAML, prove it, fire a transition. It knows no committee."""
