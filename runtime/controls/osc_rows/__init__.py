"""The rows of the OSC table, by what they are about."""
