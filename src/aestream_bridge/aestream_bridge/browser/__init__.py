"""Live events in a browser: a WebSocket server with the page that draws them."""
