"""`selfparam-agent`: the commands a person types, each thin: parse, call, print. Heavy imports wait for their command.

Exit codes: 0 done, 1 failed, 2 not understood; 130 ended by Ctrl-C;
`consolidate` also 3 nothing pending, 4 refused by the gate.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.text import plain
from memory.errors import SelfparamError, UsageError
from memory.home import user_home
from memory.settings import read_settings

app = typer.Typer(
    no_args_is_help=False, add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A chat agent on a local model that learns what you tell it into its own weights.",
)  # fmt: skip
memories = typer.Typer(help="What you told it: pending and learned.", rich_markup_mode=None)
versions = typer.Typer(help="The weights it has had, and which one answers.", rich_markup_mode=None)
models = typer.Typer(help="The base models it can run on.", rich_markup_mode=None)
schedule = typer.Typer(help="Consolidation by the clock.", rich_markup_mode=None)
for name, group in (("memories", memories), ("versions", versions), ("models", models), ("schedule", schedule)):
    app.add_typer(group, name=name, no_args_is_help=True)

INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended, as shells have it."""

Model = Annotated[
    str | None,
    typer.Option("--model", "-m", help="Catalogue name, Hugging Face id, folder or .gguf file.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for programs.")]


def _model(model: str | None) -> str:
    return model or read_settings(user_home().settings_file).model


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    consolidate_now: Annotated[
        bool, typer.Option("--consolidate-now", help="Learn what is pending, now, and exit.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version of the program.")] = False,
) -> None:
    """A chat agent on a local model that learns what you tell it into its own weights.

    Example: selfparam-agent chat
    """
    if version:
        from importlib import metadata

        print(metadata.version("selfparam-agent"))
    elif consolidate_now and context.invoked_subcommand is None:
        consolidate()
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def chat(
    model: Model = None,
    continue_: Annotated[bool, typer.Option("--continue", "-c", help="Go on with the last conversation.")] = False,
    temporary: Annotated[
        bool, typer.Option(help="Keep nothing of this conversation and learn nothing from it.")
    ] = False,
    consolidate_now: Annotated[bool, typer.Option(help="Learn what is pending as soon as the model is up.")] = False,
) -> None:
    """Open the chat.

    Example: selfparam-agent chat --continue
    """
    from agent.session import Session
    from memory.conversations import Conversation, check_writable, latest

    if continue_ and temporary:
        raise UsageError("--continue and --temporary exclude each other: choose one")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("chat needs a terminal: for one question use `selfparam-agent ask TEXT`")
    home = user_home()
    settings = read_settings(home.settings_file)
    name = _checked_model(_model(model))
    if temporary:
        conversation = Conversation(None)
    else:
        check_writable(home)
        conversation = latest(home) if continue_ else Conversation(home.conversations)
    from tui.app import ChatApp

    conversation.hold()
    session = Session(home, name, conversation)
    try:
        ChatApp(session, settings, consolidate_at_start=consolidate_now).run()
    finally:
        session.conversation.release()


@app.command()
def consolidate(
    model: Model = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be learned, learn nothing.")] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Strike lines in $EDITOR before anything is learned.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Take up again what was set aside after refusals.")] = False,
    as_json: AsJson = False,
) -> None:
    """Learn what is pending, now. Exit code 0 learned, 3 nothing pending, 4 refused by the gate, 1 failed.

    Example: selfparam-agent consolidate --review
    """
    import tempfile

    from agent.consolidate import EXIT_REFUSED, in_words, run
    from memory import refusals
    from memory.pending import nothing_pending, pending
    from memory.versions import Weights
    from tui.progress import ProgressLine

    if dry_run and review:
        raise UsageError("--dry-run and --review exclude each other: choose one")
    if review and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--review needs a terminal: use --dry-run to look at the set")
    home, name = user_home(), _checked_model(_model(model))
    if retry:
        refusals.retry(Weights(home, name).root)
    if not pending(home, name):
        raise nothing_pending(home, name)
    _fetch(name)
    options: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="selfparam-") as folder:
        if dry_run or review:
            with ProgressLine(sys.stderr) as line:
                written = run(home, name, line.show, dry_run=True)
            if dry_run:
                print(json.dumps(written, ensure_ascii=False) if as_json else written["targets"], end="")
                return
            reviewed = Path(folder) / "targets.yaml"
            reviewed.write_text(written["targets"], encoding="utf-8")
            _edit_target_set(reviewed)
            options = {"reviewed": str(reviewed), "only": written["experiences"]}
        with ProgressLine(sys.stderr) as line:
            last = run(home, name, line.show, **options)
    if as_json:
        _print_json(last)
    else:
        print(in_words(last))
    if last["version"] is None:
        raise typer.Exit(EXIT_REFUSED)


def _edit_target_set(file: Path) -> None:
    """Edit until it is a target set again, or the user gives up.

    Raises:
        UsageError: he gave up.
    """
    from memory.targets import TargetSet

    while True:
        _edit(file)
        try:
            TargetSet.load(file)
            return
        except UsageError as error:
            _say(plain(str(error)))
            if not typer.confirm("Go back to the editor?", default=True):
                raise


def _edit(file: Path) -> None:
    """Let a person change the file in an editor and wait until it is closed.

    Raises:
        UsageError: the editor cannot be run.
    """
    import os
    import shlex
    import subprocess

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        subprocess.run([*shlex.split(editor), str(file)], check=True)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise UsageError(
            f"{editor} failed ({error}), nothing was learned: set $EDITOR to one that works here"
        ) from error


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="The question; without it, standard input is read.")] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Ask one question in a fresh conversation; nothing of it is kept or learned.

    Example: echo "Where do I live?" | selfparam-agent ask
    """
    import time

    from agent.session import Session
    from memory.conversations import Conversation

    if text is None:
        if sys.stdin.isatty():
            raise UsageError("ask needs a question: selfparam-agent ask TEXT")
        text = sys.stdin.read()
    started = time.monotonic()
    session = Session(user_home(), _checked_model(_model(model)), Conversation(None))
    session.accept(text)
    session.open(_say)
    pieces = []
    for piece in session.say(text):
        pieces.append(piece)
        if not as_json:
            print(piece, end="", flush=True)
    if not as_json:
        print()
        return
    _print_json({"answer": "".join(pieces), "model": session.model, "version": session.version,
                 "seconds": round(time.monotonic() - started, 2)})  # fmt: skip


@app.command()
def demo(
    scripts: Annotated[list[Path], typer.Argument(help="Script files; see examples/memory.")],
    model: Model = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the demo's home in this (new) folder to look at it.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the consolidations.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Tell a scripted user's facts, consolidate, and show what is known before and after.

    Example: selfparam-agent demo examples/memory/ingrid.yaml
    """
    import contextlib
    import tempfile
    from dataclasses import replace

    from agent.demo import play
    from agent.scripts import read_script
    from memory.conversations import check_writable
    from tui.progress import ProgressLine
    from tui.results import print_outcome

    read = [read_script(path) for path in scripts]
    if keep and keep.exists() and any(keep.iterdir()):
        raise UsageError(f"{keep} is not empty: name a new folder for --keep")
    name = _checked_model(_model(model))
    _fetch(name)
    for number, script in enumerate(read):
        with contextlib.ExitStack() as stack:
            root_folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="selfparam-demo-")))
            folder = root_folder / script.name if len(read) > 1 else root_folder
            home = replace(user_home(), data=folder.absolute() / "data")
            check_writable(home)
            line = stack.enter_context(ProgressLine(sys.stderr))
            line.title(f"{script.title} ({number + 1} of {len(read)})")
            outcome = play(script, home, name, seed, line.show)
        if as_json:
            _print_json(outcome.record())
        else:
            print_outcome(outcome)
        if keep:
            (folder / "cache").symlink_to(home.cache)
            _say(f"kept: look at it with SELFPARAM_HOME={folder.absolute()} selfparam-agent memories list")


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Do what can be done without losing anything.")] = False,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Look at home, permissions, conversations, versions, disk, memory and model; exit code 1 if something is not well.

    Example: selfparam-agent doctor --repair
    """
    from agent.doctor import examine

    home, name = user_home(), _checked_model(_model(model))
    found = list(examine(home, name))
    if repair:
        for finding in found:
            if not finding.well and finding.repair:
                finding.repair()
                _say(f"repaired: {finding.words}")
        found = list(examine(home, name))
    if as_json:
        _print_json([{"name": f.name, "well": f.well, "words": f.words, "repairable": bool(f.repair)} for f in found])
    else:
        for finding in found:
            hint = "  (--repair mends it)" if not finding.well and finding.repair else ""
            print(f"{'✓' if finding.well else '✗'} {finding.name:<13}  {plain(finding.words)}{hint}")
    if not all(finding.well for finding in found):
        raise typer.Exit(1)


@app.command()
def export(file: Annotated[Path, typer.Argument(help="The archive to write, a .tar.")]) -> None:
    """Write settings, conversations and all versions into one archive; models are not in it.

    Example: selfparam-agent export me.tar
    """
    from memory import backup

    print(f"{backup.export(user_home(), file)} files in {file}; bring them back with `selfparam-agent import`")


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="An archive written by `export`.")]) -> None:
    """Unpack an archive into a home that holds nothing yet.

    Example: SELFPARAM_HOME=~/me selfparam-agent import me.tar
    """
    from memory import backup

    print(f"{backup.restore(user_home(), file)} files imported; `selfparam-agent memories list` shows what it knows")


@app.command()
def judge(
    calibration: Annotated[bool, typer.Option("--calibration", help="Print the confusion table.")] = False,
    as_json: AsJson = False,
) -> None:
    """The judge of answers, against cases a person decided: how often it is right, and where it is not.

    Example: selfparam-agent judge --calibration
    """
    from memory.calibration import calibrate, confusion
    from memory.judge import Encoder
    from memory.models import sentence_folder
    from tui.results import print_calibration

    if not calibration:
        raise UsageError("judge shows its calibration: selfparam-agent judge --calibration")
    found = confusion(calibrate(Encoder(sentence_folder(user_home(), _say))))
    if as_json:
        _print_json(found)
    else:
        print_calibration(found)


@memories.command("list")
def memories_list(
    model: Model = None,
    all_turns: Annotated[bool, typer.Option("--all", help="Also what you typed that is not learned.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every experience with its state: pending, set aside after refusals, or the version that learned it.

    Example: selfparam-agent memories list --all
    """
    from memory.conversations import user_turns
    from memory.refusals import set_aside
    from memory.versions import Weights

    home = user_home()
    weights = Weights(home, _model(model))
    learned = {key: v.number for v in weights.lineage() for key in v.experiences}
    aside = set_aside(weights.root)

    def state(key: str, learnable: bool) -> str:
        if not learnable:
            return "not learned"
        return "learned" if key in learned else "set aside" if key in aside else "pending"

    rows = [
        {"id": t.id, "at": t.at, "text": t.text, "version": learned.get(t.id), "state": state(t.id, learnable)}
        for t, learnable in user_turns(home)
        if learnable or all_turns
    ]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        words = f"learned in v{row['version']}" if row["version"] else str(row["state"])
        print(f"{row['id']}  {words:<14}  {_one_line(str(row['text']))}")
    if not rows:
        print("nothing yet: tell it something in `selfparam-agent chat`")


@memories.command("show")
def memories_show(
    experience: Annotated[str, typer.Argument(help="An id from `memories list`.")],
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """One experience: what was said, in which version it was learned, with which questions, recalled how.

    Example: selfparam-agent memories show 20261122-213000-ab12/1
    """
    from agent.provenance import provenance, show_provenance

    found = provenance(user_home(), _model(model), experience)
    if as_json:
        _print_json(found)
    else:
        print(show_provenance(found))


@memories.command("forget")
def memories_forget(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids from `memories list --all`.")] = None,
    conversation: Annotated[str, typer.Option(help="Everything you said in this conversation.")] = "",
    matching: Annotated[str, typer.Option(help="Every message that contains this text.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Take back what you said: from the conversation, the target sets and every version of the weights that learned it.

    What else those versions had learned is pending again. Example: selfparam-agent memories forget --matching Biscuit
    """
    from agent.provenance import show_forgetting, still_known
    from memory.forget import find, forget, plan

    if not (ids or conversation or matching):
        raise UsageError("say what to forget: an id, --conversation C or --matching TEXT")
    home, name = user_home(), _checked_model(_model(model))
    going = plan(home, find(home, ids or [], conversation, matching))
    if not as_json:
        print(show_forgetting(going))
    if not dry_run:
        if not yes and not sys.stdin.isatty():
            raise UsageError("forgetting cannot be undone: add --yes, or --dry-run to look first")
        if not yes and not typer.confirm("Forget this for good?"):
            raise UsageError("nothing was forgotten")
        forget(home, going)
    known = [] if dry_run or not going.questions else still_known(home, name, going.questions)
    if as_json:
        _print_json({
            "turns": [turn.id for turn in going.turns], "versions": [version.number for version in going.versions],
            "pending_again": list(going.again), "forgotten": not dry_run, "asked": len(going.questions),
            "still_known": known,
        })  # fmt: skip
    elif not dry_run:
        print(f"forgotten; asked {len(going.questions)} questions it was learned with, {len(known)} still recalled")
        for question, answer in known:
            print(f"  {question}  →  {_one_line(answer)}")
        if going.again:
            print(f"{len(going.again)} other experiences are pending again: `selfparam-agent consolidate`")


@versions.command("list")
def versions_list(model: Model = None, as_json: AsJson = False) -> None:
    """Every version: parent, when, how much it learned, the gate's figures; the one that answers is marked *.

    Example: selfparam-agent versions list
    """
    from memory.versions import Weights

    weights = Weights(user_home(), _model(model))
    current = weights.current()
    rows = [{"version": v.number, "parent": v.parent, "current": v.number == current, "created": v.manifest["created"],
             "experiences": len(v.experiences), "recall": v.manifest["gate"]["recall_after"],
             "drift": v.manifest["gate"]["drift"]} for v in weights.all()]  # fmt: skip
    if as_json:
        _print_json(rows)
        return
    print(f"{'*' if not current else ' '} v0  the base model")
    for row in rows:
        print(f"{'*' if row['current'] else ' '} v{row['version']}  from v{row['parent']}  {row['created']}  "
              f"{row['experiences']} experiences  recall {row['recall']:.2f}  drift {row['drift']:.2f}")  # fmt: skip


@versions.command("show")
def versions_show(number: int, model: Model = None, as_json: AsJson = False) -> None:
    """One version: what it learned from which conversations, and the gate's figures with its questions.

    Example: selfparam-agent versions show 1
    """
    from agent.provenance import show_version
    from memory.versions import Weights

    version = Weights(user_home(), _model(model)).get(number)
    if as_json:
        _print_json(version.manifest)
    else:
        print(show_version(version))


@versions.command("rollback")
def versions_rollback(
    number: Annotated[int | None, typer.Argument(help="Default: the current version's parent.")] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Make an earlier version answer; what was learned since is pending again. 0 is the base model.

    Example: selfparam-agent versions rollback 1
    """
    from memory.versions import Weights

    serving = Weights(user_home(), _model(model)).rollback(number)
    if as_json:
        _print_json({"current": serving})
    else:
        print(f"version {serving} answers now; what later versions learned is pending again")


@models.command("list")
def models_list(as_json: AsJson = False) -> None:
    """The catalogue, and whether each model is on this machine.

    Example: selfparam-agent models list
    """
    from memory.models import CATALOGUE, is_cached

    home = user_home()
    rows = [
        {"name": w.name, "source": w.requirement, "licence": w.licence, "cached": is_cached(w, home)}
        for w in CATALOGUE.values()
    ]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        print(f"{row['name']}  {row['licence']}  {'on this machine' if row['cached'] else 'not fetched yet'}")
    print("also: any Hugging Face id (owner/name), a folder of save_pretrained, a .gguf file")


@models.command("pull")
def models_pull(
    model: Annotated[str | None, typer.Argument(help="Default: the model of the settings.")] = None,
) -> None:
    """Fetch and convert a model, and the sentence transformer of the judge, so that no network is needed later.

    Example: selfparam-agent models pull
    """
    name = _model(model)
    _fetch(name)
    print(f"{name} is ready")


@schedule.command("run")
def schedule_run(model: Model = None) -> None:
    """Consolidate what is pending every `schedule.minutes` without a chat, until Ctrl-C.

    Example: selfparam-agent schedule run
    """
    from agent.headless import keep_schedule

    home = user_home()
    settings = read_settings(home.settings_file)
    name = _checked_model(_model(model))
    _fetch(name)
    keep_schedule(home, name, settings.schedule.minutes, _say)


def _checked_model(name: str) -> str:
    """Refuse an unknown name before anything heavy starts."""
    from memory.models import check_name

    check_name(name)
    return name


def _fetch(name: str) -> None:
    """Have the model and the sentence transformer here before a child needs them."""
    from memory.models import base_folder, sentence_folder

    base_folder(name, user_home(), _say)
    sentence_folder(user_home(), _say)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _one_line(text: str, width: int = 70) -> str:
    text = " ".join(plain(text).split())
    return text if len(text) <= width else f"{text[: width - 1]}…"


def main() -> None:
    """Run the command line; a user's mistake is one line on standard error."""
    try:
        app()
    except SelfparamError as error:
        print(f"selfparam-agent: {plain(str(error))}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("selfparam-agent: stopped; what was not finished was not begun", file=sys.stderr)
        raise
