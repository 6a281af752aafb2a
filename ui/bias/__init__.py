"""The bias lab: what pages/bias.py shows, part by part."""
