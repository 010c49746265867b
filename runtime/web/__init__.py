"""The page: the instrument seen, touched and heard in a browser.

``page_link`` is the interface's side: it starts the page's process after the instrument is ready, and keeps it alive.
All other modules run in that process: ``page_process`` begins it, ``server`` says what is served, ``guard`` who may,
``conversations`` carries the OSC table's messages between web sockets and the interface, ``osc_json`` turns one into
the other. ``page/`` is what the browser loads. docs/page.md says how a view is added.
"""
