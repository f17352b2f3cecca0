"""Word lists as data: one term a line, sorted, `#` begins a comment."""
