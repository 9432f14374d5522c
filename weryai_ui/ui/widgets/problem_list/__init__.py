"""Problems and warnings, each at its field and in one list."""
