"""Demo data: four families and two years of care, deterministic, brought in by the very feeds of the trade."""
