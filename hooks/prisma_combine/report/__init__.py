"""What is said of the targets: as text, JSON or for GitHub."""
