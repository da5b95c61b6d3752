"""Jinja2, Markdown and Typst templates only; mapped here from the top-level folder by setup.cfg."""
