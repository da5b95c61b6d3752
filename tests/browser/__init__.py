"""What only a browser can tell: Chromium on the served application, every page of the route list."""
