"""Try, show and hand over one video model API: almighty reference-to-video."""

VERSION = "0.1.0"
