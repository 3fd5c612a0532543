"""The JupyterHub of jupyterhub_config.py, with ngshare in the place of a folder that all can write to.

Read docs/jupyterhub.md first. ngshare runs as a service of the hub, in an environment of its own.
"""

import os
from pathlib import Path

# An absolute path: what is not found would be passed over in silence.
load_subconfig(str(Path(__file__).resolve().with_name("jupyterhub_config.py")))  # noqa: F821
c = get_config()  # noqa: F821

folder = os.environ.get("COURSE_NGSHARE", "/opt/ngshare")
c.JupyterHub.services = [
    {
        "name": "ngshare",
        "url": os.environ.get("COURSE_NGSHARE_URL", "http://127.0.0.1:10101"),
        "user": "ngshare",
        "cwd": "/srv/ngshare",
        "command": [
            f"{folder}/bin/python",
            *("-m", "ngshare", "--admins", "instructor"),
            *(
                "--database",
                "sqlite:////srv/ngshare/ngshare.db",
                "--storage",
                "/srv/ngshare/files/",
            ),
        ],
        "oauth_no_confirm": True,
    }
]
# By which nbgrader_config_ngshare.py finds the service, where the hub is not at its usual port.
c.Spawner.env_keep.append("COURSE_HUB_URL")
# Users, and the servers that are started for them, may speak with it.
ngshare = "access:services!service=ngshare"
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", ngshare]},
    {
        "name": "server",
        "scopes": ["users:activity!user", "access:servers!server", ngshare],
    },
]
