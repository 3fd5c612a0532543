"""A JupyterHub for one class on one machine: its students and its instructor are Unix users.

Read docs/jupyterhub.md first: what has to be there, and what to set in front of it.
"""

import os

c = get_config()  # noqa: F821  (JupyterHub provides it)

# Only this machine; a web server with TLS stands in front of it.
c.JupyterHub.bind_url = os.environ.get("COURSE_HUB_URL", "http://127.0.0.1:8000")

# Whoever has an account on this machine logs in with its password (PAM). With LTI, the authenticator is
# another one; the rest stays.
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"instructor"}

c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
# Matrices of a lesson's size are multiplied faster by one thread than by several.
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}
