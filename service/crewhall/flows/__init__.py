"""The shell: read, call the core, act through ports."""
