"""What a room is; no HTTP, no templates."""
