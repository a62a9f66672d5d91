"""Sends odd requests to every page as several people, and looks for failures and foreign rows."""
