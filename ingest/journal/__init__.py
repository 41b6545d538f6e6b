"""The journal: what arrived, and in which order, in one SQLite file."""
