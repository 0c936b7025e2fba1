"""What every request passes before it comes to a door: pure ASGI, each guard refuses one kind of thing."""
