"""The register and the pages of a matter."""
