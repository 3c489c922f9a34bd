"""Every sentence the service says, one file a language."""
