"""Play docs/jupyterhub.md with a real hub, in a mount namespace that `test_jupyterhub` made for it."""

import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import requests

ROOT = Path(__file__).parents[1]
LESSON, VARIED = "01_state_equation", "04_output_layer"
USERS = ("instructor", "ada", "emmy")
PASSWORD = "a password for the box"


def run(*command, **options):
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}"
    return ran.stdout


def make_box(box):
    """Give this namespace folders of its own where accounts and work are kept."""
    shutil.copytree("/etc", box / "etc", symlinks=True)
    for name in ("home", "srv"):
        (box / name).mkdir()
    for name in ("etc", "home", "srv"):
        run("mount", "--bind", box / name, f"/{name}")
    # The repository belongs to whoever runs the tests.
    (Path("/etc") / "gitconfig").write_text("[safe]\n\tdirectory = *\n")
    hidden = next(
        (p for p in Path(os.path.realpath(sys.executable)).parents if p.parent == Path("/root")),
        None,
    )
    if hidden is not None:  # an interpreter in root's home, which others cannot enter
        (box / "python").mkdir()
        run("mount", "--rbind", hidden, box / "python")
        run("mount", "-t", "tmpfs", "-o", "mode=755", "none", "/root")
        hidden.mkdir()
        run("mount", "--move", box / "python", hidden)


def blocks():
    """Return the commands of the document: those of the shared folder, and those without one."""
    text = (ROOT / "docs" / "jupyterhub.md").read_text("utf-8")
    parts = text.split("## Without a shared folder")
    return [re.findall(r"```sh\n(.*?)```", part, re.S) for part in parts]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def as_user(user, commands, **more):
    return run("su", user, "-c", f"cd ~/rnn-course && {commands}", env=environment(user) | more)


def of_a_terminal(user):
    """Return what the hub gives to each terminal of a user's server: who they are, and a token."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            lines = path.read_bytes().split(b"\0")
        except OSError:  # it has ended
            continue
        known = dict(line.decode().partition("=")[::2] for line in lines if b"=" in line)
        if known.get("JUPYTERHUB_USER") == user:
            return {key: value for key, value in known.items() if key.startswith("JUPYTERHUB_")}
    raise LookupError(f"no server of {user} runs")


def environment(user="root"):
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": f"/home/{user}" if user != "root" else "/root",
        "COURSE": f"file://{ROOT}",
        "LANG": "C.UTF-8",
        **{key: value for key, value in os.environ.items() if key.startswith("COURSE_")},
        "OPENBLAS_NUM_THREADS": "1",
    }


class Hub:
    """The hub, by HTTP as a browser speaks to it."""

    def __init__(self, command, box):
        self.url = os.environ["COURSE_HUB_URL"]
        self.log = (box / "hub.log").open("w")
        self.process = subprocess.Popen(
            [
                *command.split(),
                f"--JupyterHub.hub_port={free_port()}",
                f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{free_port()}",
                f"--JupyterHub.db_url=sqlite:///{box}/hub.sqlite",
                f"--JupyterHub.cookie_secret_file={box}/cookie_secret",
                f"--ConfigurableHTTPProxy.pid_file={box}/proxy.pid",
            ],
            cwd=ROOT,
            env=environment(),
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.tokens = {}
        self.until(lambda: requests.get(f"{self.url}/hub/health", timeout=5).ok, "the hub")

    def until(self, true, what, seconds=600):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if true():
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.5)
        raise TimeoutError(f"{what} did not come up: {Path(self.log.name).read_text()[-3000:]}")

    def log_in(self, user):
        """Log in with the account's password, start the server, and get a token for it."""
        session = requests.Session()
        session.get(f"{self.url}/hub/login", timeout=6000)
        xsrf = {"_xsrf": session.cookies.get("_xsrf", path="/hub/")}
        answer = session.post(
            f"{self.url}/hub/login",
            data={"username": user, "password": PASSWORD} | xsrf,
            allow_redirects=False,
            timeout=600,
        )
        assert answer.status_code == 302, (user, answer.status_code, answer.text[-500:])
        session.get(f"{self.url}/hub/token", timeout=600)
        xsrf = session.cookies.get("_xsrf", path="/hub/")
        answer = session.post(
            f"{self.url}/hub/api/users/{user}/tokens",
            headers={"X-XSRFToken": xsrf, "Referer": f"{self.url}/hub/token"},
            params={"_xsrf": xsrf},
            timeout=600,
        )
        assert answer.ok, answer.text
        self.tokens[user] = answer.json()["token"]
        started = self.ask(user, "POST", f"/hub/api/users/{user}/server")
        assert started.status_code in (201, 202), started.text
        self.until(
            lambda: self.ask(user, "GET", f"/user/{user}/api/status").status_code == 200,
            f"{user}'s server",
        )

    def ask(self, user, method, path, **options):
        headers = {"Authorization": f"token {self.tokens[user]}"}
        return requests.request(
            method, self.url + path, headers=headers, timeout=600, allow_redirects=False, **options
        )

    def assignments(self, user, action, lesson=LESSON):
        """Do what a button of the Assignments tab does."""
        found = self.ask(
            user,
            "POST",
            f"/user/{user}/assignments/{action}",
            data={"course_id": "rnn-course", "assignment_id": lesson},
        )
        assert found.ok, found.text
        assert found.json()["success"], found.json()
        return found.json()

    def contents(self, user, path):
        found = self.ask(user, "GET", f"/user/{user}/api/contents/{path}")
        return found.json()["content"] if found.ok else None


def solved(notebook):
    source = nbformat.read(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    answers = {c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in source.cells}
    for cell in notebook["cells"]:
        rules = cell["metadata"].get("nbgrader", {})
        if rules.get("solution"):
            cell["source"] = re.sub(
                r"(?m)^\s*### (BEGIN|END) SOLUTION\n?", "", answers[rules["grade_id"]]
            )
    return notebook


def fetched_versions(hub):
    """Have students fetch a lesson in versions, and return which each got, and who can read another's."""
    ids = Path("~instructor/rnn-course/class.csv").expanduser()
    ids.write_text("Username\nada\nemmy\n")
    ids.chmod(0o644)
    as_user("instructor", f"rnn-course class release {VARIED} --variants --roster class.csv")
    got = {}
    for user in ("ada", "emmy"):
        hub.assignments(user, "fetch", VARIED)
        text = json.dumps(hub.contents(user, f"{VARIED}/{VARIED}.ipynb"))
        got[user] = sorted(set(re.findall(r"mean_squared_error/[a-z-]+", text)))
    theirs = f"/srv/nbgrader/exchange/rnn-course/versions/{VARIED}/emmy/{VARIED}.ipynb"
    got["emmy's for ada"] = subprocess.run(["su", "ada", "-c", f"cat {theirs}"]).returncode == 0
    return got


def main(box, told, kind):
    make_box(box)
    (exchange, accounts, instructor, start, release, grade), without = blocks()
    of_the_hub = {}
    if kind == "ngshare":
        _installed, exchange, start, course_there = without
        os.environ["COURSE_NGSHARE_URL"] = f"http://127.0.0.1:{free_port()}"
    os.environ["COURSE_HUB_URL"] = f"http://127.0.0.1:{free_port()}"
    for commands in (exchange, accounts, instructor):
        run("bash", "-euc", commands, cwd=ROOT, env=environment())
    for user in USERS:
        run("chpasswd", input=f"{user}:{PASSWORD}")
    found = {}
    hub = Hub(start.strip(), box)
    try:
        for user in USERS:
            hub.log_in(user)
        if kind == "ngshare":
            of_the_hub = of_a_terminal("instructor")
            as_user("instructor", course_there, **of_the_hub)
        as_user("instructor", release, **of_the_hub)
        for user in ("ada", "emmy"):
            hub.assignments(user, "fetch")
        path = f"{LESSON}/{LESSON}.ipynb"
        found["fetched"] = {u: hub.contents(u, path) is not None for u in ("ada", "emmy")}
        model = {"type": "notebook", "format": "json", "content": solved(hub.contents("ada", path))}
        saved = hub.ask("ada", "PUT", f"/user/ada/api/contents/{path}", json=model)
        assert saved.ok, saved.text
        if kind == "folder":
            found["versions"] = fetched_versions(hub)
        for user in ("ada", "emmy"):
            hub.assignments(user, "submit")
        as_user("instructor", grade, **of_the_hub)
        answer = hub.ask("instructor", "GET", "/user/instructor/formgrader/api/assignments")
        found["formgrader"] = [one["name"] for one in answer.json() if one["num_submissions"] == 2]
        found["feedback"] = {}
        for user in ("ada", "emmy"):
            hub.assignments(user, "fetch_feedback")
            (page,) = Path(f"~{user}/{LESSON}/feedback").expanduser().glob("*/*.html")
            found["feedback"][user] = page.read_text("utf-8")
        course = Path("~instructor/rnn-course").expanduser()
        with (course / "for_lms" / f"{LESSON}_marks_canvas.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found["points"] = float(rows[0][LESSON])
        found["marks"] = {row["SIS Login ID"]: float(row[LESSON]) for row in rows[1:]}
        found["ada_can_read"] = {
            name: subprocess.run(["su", "ada", "-c", f"cat {file}"], capture_output=True).returncode
            == 0
            for name, file in {
                "emmy's home": Path(f"~emmy/{path}").expanduser(),
                "the gradebook": course / "gradebook.db",
            }.items()
        }
    finally:
        hub.process.terminate()
        hub.process.wait()
    told.write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
