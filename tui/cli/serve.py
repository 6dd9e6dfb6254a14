"""`serve`: the agent for other clients, by the OpenAI API."""

import os
import socket
import threading
from typing import Annotated

import typer

from memory.errors import BusyError, UsageError
from memory.settings import read_settings
from tui.cli.common import Model, checked_model, fetch, home_in_use, model_of, say

TOKEN = "SELFPARAM_TOKEN"


def serve(
    model: Model = None,
    host: Annotated[str, typer.Option(help=f"Where to listen; beyond this machine {TOKEN} must be set.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8011,
    learn: Annotated[
        bool | None,
        typer.Option("--learn/--no-learn", help="Keep what is said and learn it; else as the settings say."),
    ] = None,
) -> None:
    """Answer OpenAI clients: /v1/chat/completions, /v1/completions, /v1/models, /health, /metrics.

    Example: selfparam-agent serve --learn
    """
    try:
        import uvicorn

        from tui.server.limits import is_loopback
        from tui.server.web import web
    except ModuleNotFoundError as error:
        raise UsageError("serve needs an extra: pip install 'selfparam-agent[server]'") from error
    from agent.headless import learn as consolidate
    from agent.histories import Histories
    from agent.schedule import Scheduler
    from agent.serving import Serving
    from memory.conversations import check_writable

    token = os.environ.get(TOKEN, "")
    if not (token or is_loopback(host)):
        raise UsageError(f"{host} can be reached from other machines: set {TOKEN} to a secret that clients must send")
    home = home_in_use()
    settings = read_settings(home.settings_file)
    name = checked_model(model_of(model))
    check_writable(home)
    fetch(name)
    serving = Serving(home, name)
    keeps = settings.server.learn if learn is None else learn
    app = web(serving, Histories(home), keeps, token)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise BusyError(f"cannot listen on {host}:{port} ({error.strerror}): name another with --port") from error
    if settings.schedule.on and not settings.unseen.on:
        say("review = always: nothing is learned by itself; `selfparam-agent consolidate` shows it first")
    scheduler = Scheduler(home, name, settings.unseen, lambda: consolidate(home, name, say), say, "`serve`")
    say("loading the model")
    serving.start(say)
    scheduler.start()
    threading.Thread(target=scheduler.keep, daemon=True).start()
    what = "what is said is learned" if keeps else "nothing that is said is kept"
    say(f"http://{host}:{port}/v1 answers with version {serving.version}; {what}; Ctrl-C ends it")
    try:
        server.run(sockets=[listening])
    finally:
        scheduler.stop()
        serving.stop()
