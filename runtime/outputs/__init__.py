"""Where mixed blocks go: JACK, a sound card, nowhere, a file."""
