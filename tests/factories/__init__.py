"""Plain functions that make rows; everything a test does not name gets a sensible, unique value."""
