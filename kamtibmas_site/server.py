"""How the web server runs, in gunicorn's words.

gunicorn --config python:kamtibmas_site.server --bind 127.0.0.1:8000 kamtibmas_site.wsgi
"""

worker_class = "toolkit.serving.worker.BufferingWorker"
workers = 2  # processes; one for each core
threads = 4  # requests at once in each
preload_app = True
loglevel = "warning"  # no access log: it would keep addresses
control_socket_disable = True
graceful_timeout = 15  # seconds a process that stops has for requests that have begun
