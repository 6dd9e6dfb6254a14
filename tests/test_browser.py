"""The chat in a browser: the screen comes over, and only to whoever has the address."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_cli import ROOT, run

PORT = 8765
URL = f"http://127.0.0.1:{PORT}"


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """One line and exit code 2."""
    code = (
        "import sys; sys.modules['textual_serve'] = None; sys.argv = ['selfparam-agent', 'chat', '--browser']\n"
        "from tui.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False,
                          env={**os.environ, "SELFPARAM_HOME": str(tmp_path)})  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (
        2, "selfparam-agent: --browser needs an extra: pip install 'selfparam-agent[browser]'",
    )  # fmt: skip


async def listening() -> None:
    while True:
        try:
            await asyncio.open_connection("127.0.0.1", PORT)
            return
        except OSError:
            await asyncio.sleep(0.05)


async def test_a_browser_with_the_address_gets_the_screen_and_nobody_else(tmp_path: Path, tiny_model: Path) -> None:
    """Without the token, or from another page, nothing; with it the chat's screen, with no font from elsewhere."""
    pytest.importorskip("textual_serve")
    import aiohttp

    server = subprocess.Popen(
        [sys.executable, "-m", "tui", "chat", "--browser", "--port", str(PORT), "-m", str(tiny_model)], cwd=ROOT,
        stdout=subprocess.PIPE, text=True, env={**os.environ, "SELFPARAM_HOME": str(tmp_path)},
    )  # fmt: skip
    try:
        assert server.stdout
        [address] = re.findall(r"http\S+", server.stdout.readline())
        await listening()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            for path in ("/", "/ws", "/?token=wrong"):
                async with browser.get(URL + path) as refused:
                    assert refused.status == 403
            async with browser.get(address) as page:
                assert (page.status, str(page.url)) == (200, f"{URL}/")
                assert page.headers["Content-Security-Policy"].startswith("style-src 'self'")
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await browser.ws_connect(f"{URL}/ws", origin="http://127.0.0.1:9999")
            beside = run("chat", "--browser", "--port", str(PORT), "-m", str(tiny_model), home=tmp_path)
            assert (beside.returncode, "name another with --port" in beside.stderr) == (2, True)
            async with browser.ws_connect(f"{URL}/ws?width=80&height=24", origin=URL) as screen:
                seen = b""
                while b"Welcome. What you tell this chat" not in seen:
                    message = await asyncio.wait_for(screen.receive(), 60)
                    seen += message.data if isinstance(message.data, bytes) else b""
    finally:
        server.terminate()
        server.wait(20)
