"""Requests from several clients at once while versions swap beneath them: how many fail, and how long they take.

The real server on a socket with a tiny random model. Prints a markdown table.

usage: python examples/benchmarks/serve_load.py [--requests 200] [--clients 8] [--swaps 5]
"""

import argparse
import http.client
import json
import shutil
import socket
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvicorn
from tiny import tiny_llama

from agent.histories import Histories
from agent.serving import Serving
from memory.home import home_at
from memory.versions import MERGED, Weights
from tui.server.web import web

BODY = json.dumps({"messages": [{"role": "user", "content": "Who are you?"}], "max_tokens": 16})
Answer = tuple[int, str, float]
"""Status, version, seconds."""


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--requests", type=int, default=200)
    cli.add_argument("--clients", type=int, default=8)
    cli.add_argument("--swaps", type=int, default=5)
    options = cli.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model, home = tiny_llama(Path(folder) / "model"), home_at(Path(folder))
        serving = Serving(home, str(model))
        serving.start()
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(web(serving, Histories(home)), log_level="warning"))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        port = listening.getsockname()[1]
        started = time.monotonic()
        answers: list[Answer] = []
        weights = Weights(home, str(model))
        with ThreadPoolExecutor(options.clients) as clients:
            asked = [clients.submit(ask, port, answers) for _ in range(options.requests)]
            for swap in range(1, options.swaps + 1):
                while len(answers) < swap * options.requests // (options.swaps + 1):
                    time.sleep(0.01)
                publish(weights, model)
            for one in asked:
                one.result()
        seconds = time.monotonic() - started
        server.should_exit = True
        running.join()
        serving.stop()
    report(answers, seconds)


def ask(port: int, answers: list[Answer]) -> None:
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", "/v1/chat/completions", BODY, {"Content-Type": "application/json"})
    response = connection.getresponse()
    said = json.loads(response.read())
    answers.append((response.status, said.get("system_fingerprint", ""), time.monotonic() - started))


def publish(weights: Weights, model: Path) -> None:
    """One more version, with the base's weights."""
    staged = weights.staging()
    shutil.copytree(model, staged / MERGED)
    weights.publish(staged, weights.current(), {"created": "2026-03-01T12:00:00+00:00", "experiences": [], "gate": {}})


def report(answers: list[Answer], seconds: float) -> None:
    times = sorted(took for _, _, took in answers)
    failed = sum(status != 200 for status, _, _ in answers)
    versions = len({version for _, version, _ in answers})
    print("| requests | failed | versions that answered | requests/s | median, s | p95, s |\n|---|---|---|---|---|---|")
    print(
        f"| {len(answers)} | {failed} | {versions} | {len(answers) / seconds:.1f} | {statistics.median(times):.2f} "
        f"| {times[int(0.95 * len(times))]:.2f} |"
    )


if __name__ == "__main__":
    main()
