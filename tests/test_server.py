"""The OpenAI-compatible server, over real sockets on a tiny random model."""

import http.client
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from agent.histories import Histories
from agent.reply import Sampling
from agent.serving import Asked, Done, Job, Serving, until
from memory.conversations import Conversation, names
from memory.errors import BusyError
from memory.home import Home
from memory.shelf import delete, listed
from memory.versions import MERGED, Weights
from tui.server.web import web

LONG = 3000
"""Tokens that take the tiny model seconds."""


class Noting(Serving):
    """Remembers its jobs."""

    jobs: list[Job]

    def ask(self, asked: Asked) -> Job:
        job = super().ask(asked)
        self.jobs.append(job)
        return job


@dataclass
class Server:
    """A running server and how to ask it."""

    serving: Noting
    port: int

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        text = body if isinstance(body, str | None) else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json", **headers})
        return connection.getresponse()

    def chat(self, *said: str, **more: Any) -> tuple[int, Any]:
        """Users' messages with an "ok" behind each but the last; the status and what was answered."""
        headers = more.pop("headers", {})
        messages = [{"role": "user", "content": said[0]}]
        for text in said[1:]:
            messages += [{"role": "assistant", "content": "ok"}, {"role": "user", "content": text}]
        response = self.send("POST", "/v1/chat/completions", {"messages": messages, "max_tokens": 8, **more}, **headers)
        return response.status, json.loads(response.read())


@pytest.fixture
def serve(home: Home, tiny_model: Path) -> Iterator[Any]:
    running: list[tuple[uvicorn.Server, threading.Thread, Noting]] = []

    def start(waiting: int = 32, **how: Any) -> Server:
        serving = Noting(home, str(tiny_model), waiting)
        serving.jobs = []
        serving.start()
        listening = socket.create_server(("127.0.0.1", 0))
        app = web(serving, Histories(home), **how)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        running.append((server, thread, serving))
        return Server(serving, listening.getsockname()[1])

    yield start
    for server, thread, serving in running:
        server.should_exit = True
        serving.stop()
        thread.join()


def publish(home: Home, model: Path) -> None:
    """One more version, with the base's weights."""
    weights = Weights(home, str(model))
    staged = weights.staging()
    shutil.copytree(model, staged / MERGED)
    weights.publish(staged, weights.current(), {"created": "2026-03-01T12:00:00+00:00", "experiences": [], "gate": {}})


def error_of(answer: tuple[int, Any]) -> tuple[int, str]:
    assert answer[1]["error"]["type"]
    return answer[0], answer[1]["error"]["message"]


def test_an_answer(serve: Any) -> None:
    """An answer has the API's form, with tokens counted and why it ended; the same greedily each time."""
    server = serve()
    status, said = server.chat("Who are you?")
    assert status == 200
    assert (said["object"], said["model"], said["system_fingerprint"]) == ("chat.completion", "selfparam-agent", "v0")
    assert said["choices"][0]["finish_reason"] == "length"
    assert said["usage"]["completion_tokens"] == 8
    assert said["usage"]["total_tokens"] == said["usage"]["prompt_tokens"] + 8
    assert server.chat("Who are you?")[1]["choices"] == said["choices"]
    drawn = [server.chat("Who are you?", temperature=1.5, seed=5)[1]["choices"] for _ in range(2)]
    assert drawn[0] == drawn[1] != said["choices"]


def test_streamed(serve: Any) -> None:
    """The events of a stream give the same words as a whole answer, then the usage if asked for, then [DONE]."""
    server = serve()
    whole = server.chat("Who are you?", max_tokens=40)[1]
    body = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Who are you?"}]}], "max_tokens": 40}
    asked = {**body, "stream": True, "stream_options": {"include_usage": True}}
    lines = server.send("POST", "/v1/chat/completions", asked).read().decode().split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    events = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
    text = "".join(event["choices"][0]["delta"].get("content", "") for event in events[:-1])
    assert text == whole["choices"][0]["message"]["content"]
    assert events[-2]["choices"][0]["finish_reason"] == "length"
    assert events[-1]["usage"] == whole["usage"]


def test_a_text_goes_on(serve: Any, home: Home) -> None:
    """A prompt is continued as it is, sixteen tokens, streamed as whole; whatever is set, nothing of it is kept."""
    server = serve(learn=True)

    def complete(**body: Any) -> tuple[int, Any]:
        response = server.send("POST", "/v1/completions", body)
        return response.status, json.loads(response.read())

    status, said = complete(prompt="Once upon a")
    assert (status, said["object"], said["id"][:5]) == (200, "text_completion", "cmpl-")
    assert said["choices"][0]["finish_reason"] == "length"
    assert said["usage"]["completion_tokens"] == 16
    assert said["usage"]["prompt_tokens"] == len(server.serving._engine(None)[1].encode("Once upon a"))
    assert complete(prompt=["Once upon a"], model="selfparam-agent-v0")[1]["choices"] == said["choices"]
    text = said["choices"][0]["text"]
    stopped = complete(prompt="Once upon a", stop=text[5:8])[1]["choices"][0]
    assert (stopped["text"], stopped["finish_reason"]) == (text[: text.index(text[5:8])], "stop")
    asked = {"prompt": "Once upon a", "stream": True, "stream_options": {"include_usage": True}}
    lines = server.send("POST", "/v1/completions", asked).read().decode().split("\n\n")
    events = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
    assert "".join(event["choices"][0]["text"] for event in events[:-1]) == text
    assert events[-1]["usage"] == said["usage"]
    assert names(home) == []
    too_long = "the prompt is 15000 tokens, the model reads 4095: send less of it"
    assert error_of(complete(prompt="long " * 3000)) == (400, too_long)
    for wrong in (["a", "b"], [], 5):
        assert error_of(complete(prompt=wrong))[0] == 400
    assert error_of(complete(prompt="x" * 200_000))[0] == 400


@pytest.mark.parametrize(
    ("pieces", "stops", "said"),
    [
        (["ab", "cd"], [], "abcd"), (["ab", "cd"], ["c"], "ab"), (["ab", "cd"], ["bc"], "a"),
        (["a", "b", "c", "d"], ["bcd"], "a"), (["a", "b", "c", "e"], ["bcd"], "abce"), (["ab"], ["b", "ab"], ""),
    ],
)  # fmt: skip
def test_stops(pieces: list[str], stops: list[str], said: str) -> None:
    """An answer ends before the first stop, wherever the pieces are cut."""
    assert "".join(until(pieces, stops)) == said


def test_models(serve: Any, home: Home, tiny_model: Path) -> None:
    """The version that serves and each there is are models; each answers for itself."""
    server = serve()
    publish(home, tiny_model)
    listed = json.loads(server.send("GET", "/v1/models").read())
    assert [model["id"] for model in listed["data"]] == ["selfparam-agent", "selfparam-agent-v0", "selfparam-agent-v1"]
    assert server.chat("Hi.", model="selfparam-agent-v0")[1]["system_fingerprint"] == "v0"
    assert server.chat("Hi.")[1]["system_fingerprint"] == "v1"
    assert server.send("GET", "/v1/models/selfparam-agent-v1").status == 200


def test_errors(serve: Any) -> None:
    """What cannot be meant is one sentence in the API's form, with its status; the server goes on."""
    server = serve()
    post = "/v1/chat/completions"
    assert error_of(server.chat("Hi.", model="gpt-4"))[0] == 404
    assert error_of(server.chat("Hi.", temperature=9)) == (
        400, "temperature: Input should be less than or equal to 2"
    )  # fmt: skip
    assert error_of(server.chat(" ")) == (400, "the last message must be the user's, and say something")
    assert error_of(server.chat("long " * 3000))[0] == 400
    assert "is 15" in error_of(server.chat("long " * 3000))[1]
    for body, status in (("{bad", 400), ("[]", 400), ('{"messages": []}', 400), ("x" * 1_000_001, 413)):
        response = server.send("POST", post, body)
        assert (response.status, "message" in json.loads(response.read())["error"]) == (status, True)
    assert server.send("GET", "/nothing").status == 404
    assert server.send("GET", "/docs").status == 404
    assert server.chat("Hi.")[0] == 200


def test_a_token(serve: Any) -> None:
    """With a token nothing but the health is told without it."""
    server = serve(token="secret")
    assert server.send("GET", "/health").status == 200
    assert server.send("GET", "/metrics").status == 401
    assert error_of(server.chat("Hi.", headers={"Authorization": "Bearer wrong"}))[0] == 401
    assert server.chat("Hi.", headers={"Authorization": "Bearer secret"})[0] == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_other_sites(serve: Any, headers: dict[str, str]) -> None:
    """Without a token a page of another site may not ask, nor one whose name was bent to this machine."""
    assert error_of(serve().chat("Hi.", headers=headers))[0] == 403


def test_a_slow_client(serve: Any) -> None:
    """A request that does not arrive in time is given up."""
    server = serve(seconds=0.3)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"
        connection.sendall(head.encode())
        assert b" 408 " in connection.recv(4096)


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_vanishes(serve: Any, stream: bool) -> None:
    """The computation ends when nobody reads it any more, and the next request is answered."""
    server = serve()
    body = json.dumps({"messages": [{"role": "user", "content": "Hi."}], "max_tokens": LONG, "stream": stream})
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        if stream:
            assert b"200 OK" in connection.recv(4096)
        else:
            while not server.serving.jobs:
                time.sleep(0.01)
    assert server.chat("Hi.")[0] == 200
    assert server.serving.jobs[0].left.is_set()


def test_a_left_job_stops(home: Home, tiny_model: Path) -> None:
    """Of an answer that nobody waits for no more tokens are computed; one that still waits is never begun."""
    serving = Serving(home, str(tiny_model), waiting=1)
    serving.start()
    messages = [{"role": "user", "content": "Hi."}]
    first = serving.ask(Asked(messages, Sampling(LONG)))
    while first.next(60) == "":
        pass
    second = serving.ask(Asked(messages, Sampling(4)))
    with pytest.raises(BusyError, match="1 requests are waiting"):
        serving.ask(Asked(messages, Sampling(4)))
    second.leave()
    first.leave()
    while not isinstance(done := first.next(60), Done):
        pass
    assert done.written < LONG
    assert second.next(0.5) is None
    serving.stop()


def test_learning(serve: Any, home: Home) -> None:
    """Of a history that grows each message is kept once; without the header, or the setting, nothing is."""
    server = serve()
    assert server.chat("I keep bees.")[0] == 200
    assert names(home) == []
    keep = {"headers": {"X-Selfparam-Learn": "true"}}
    server.chat("I keep bees.", **keep)
    server.chat("I keep bees.", "I live in Porto.", **keep)
    server.chat("I keep bees.", "I live in Porto.", **keep)
    (name,) = names(home)
    turns = Conversation(home.conversations, name).turns
    assert [turn.text for turn in turns if turn.role == "user"] == ["I keep bees.", "I live in Porto."]
    assert [turn.role for turn in turns] == ["user", "assistant"] * 2
    server.chat("I keep bees.", "I live in Lisbon.", **keep)  # he went back and said it otherwise
    others = [Conversation(home.conversations, other).turns[0].text for other in names(home) if other != name]
    assert others == ["I live in Lisbon."]


def test_a_conversation_that_was_deleted(serve: Any, home: Home) -> None:
    """A client that goes on with one begins another: what it says is listed, and has an id of its own."""
    server = serve(learn=True)
    server.chat("I keep bees.")
    (name,) = names(home)
    delete(home, name)
    server.chat("I keep bees.", "I live in Porto.")
    (talk,) = listed(home)
    assert talk.name != name
    assert [turn.text for turn in talk.turns if turn.role == "user"] == ["I live in Porto."]


def test_half_a_character(serve: Any) -> None:
    """An emoji that a client has cut is no character, and no error."""
    server = serve()
    assert server.chat("I live in \ud83d.")[0] == 200


def test_the_setting(serve: Any, home: Home) -> None:
    """What the settings say holds where the header says nothing; of an unknown history the last message is new."""
    server = serve(learn=True)
    server.chat("I keep bees.", headers={"X-Selfparam-Learn": "false"})
    assert names(home) == []
    server.chat("I keep bees.", "I live in Porto.")
    (name,) = names(home)
    said = [turn.text for turn in Conversation(home.conversations, name).turns if turn.role == "user"]
    assert said == ["I live in Porto."]


def test_no_request_is_lost_when_versions_swap(serve: Any, home: Home, tiny_model: Path) -> None:
    """While new versions are published every request is answered, by the versions one after the other."""
    server = serve()
    answered: list[tuple[int, str]] = []

    def ask() -> None:
        for _ in range(6):
            status, said = server.chat("Hi.", max_tokens=2)
            answered.append((status, said["system_fingerprint"]))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        publish(home, tiny_model)
    for thread in threads:
        thread.join()
    assert len(answered) == 18
    assert {status for status, _ in answered} == {200}
    assert server.chat("Hi.")[1]["system_fingerprint"] == "v2"


def test_metrics(serve: Any) -> None:
    """Requests are counted by status, tokens by kind."""
    server = serve()
    server.chat("Hi.")
    server.chat("Hi.", model="gpt-4")
    text = server.send("GET", "/metrics").read().decode()
    assert 'selfparam_requests_total{status="200"} 1.0' in text
    assert 'selfparam_requests_total{status="404"} 1.0' in text
    assert 'selfparam_tokens_total{kind="completion"} 8.0' in text
