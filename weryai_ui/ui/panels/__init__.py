"""The page's panels: each builder returns a frozen dataclass of its components."""
