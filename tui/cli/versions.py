"""`versions …`: the weights there are, and which of them answer."""

from pathlib import Path
from typing import Annotated

import typer

from memory.errors import UsageError
from tui.cli.common import AsJson, Model, checked_model, home_in_use, model_of, one_line, print_json

versions = typer.Typer(help="The weights it has had, and which one answers.", rich_markup_mode=None)


@versions.command("list")
def versions_list(model: Model = None, as_json: AsJson = False) -> None:
    """Every version: parent, when, how much it learned, the gate's figures; the one that answers is marked *.

    Example: selfparam-agent versions list
    """
    from memory.versions import AS_ADAPTER, Weights

    weights = Weights(home_in_use(), model_of(model))
    current = weights.current()
    rows = [{"version": v.number, "parent": v.parent, "current": v.number == current, "created": v.manifest["created"],
             "experiences": len(v.experiences), "recall": v.manifest["gate"]["recall_after"],
             "drift": v.manifest["gate"]["drift"], "served_as": v.served_as} for v in weights.all()]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    print(f"{'*' if not current else ' '} v0  the base model")
    for row in rows:
        print(f"{'*' if row['current'] else ' '} v{row['version']}  from v{row['parent']}  {row['created']}  "
              f"{row['experiences']} experiences  recall {row['recall']:.2f}  drift {row['drift']:.2f}"
              f"{'  base + adapter' if row['served_as'] == AS_ADAPTER else ''}")  # fmt: skip


@versions.command("show")
def versions_show(number: int, model: Model = None, as_json: AsJson = False) -> None:
    """One version: what it learned from which conversations, and the gate's figures with its questions.

    Example: selfparam-agent versions show 1
    """
    from agent.provenance import show_version
    from memory.versions import Weights

    version = Weights(home_in_use(), model_of(model)).get(number)
    if as_json:
        print_json(version.manifest)
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

    serving = Weights(home_in_use(), model_of(model)).rollback(number)
    if as_json:
        print_json({"current": serving})
    else:
        print(f"version {serving} answers now; what later versions learned is pending again")


@versions.command("prune")
def versions_prune(
    budget: Annotated[float | None, typer.Option(help="GB that may stay. Default: versions.budget.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, change nothing.")] = False,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Bring the versions under a budget: copies that can be rebuilt go first, then versions that serve nobody.

    Example: selfparam-agent versions prune --budget 1 --dry-run
    """
    from memory.locks import owning
    from memory.settings import read_settings
    from memory.versions import Weights

    if budget is not None and budget < 0:
        raise UsageError("--budget is a number of GB, 0 or more")
    home = home_in_use()
    allowed = read_settings(home.settings_file).versions.budget if budget is None else budget
    weights = Weights(home, model_of(model))
    with owning(home.data, "consolidation", "wait for it, then prune"):
        going = weights.surplus(int(allowed * 1e9))
        if not dry_run:
            weights.prune(going)
        left = weights.size() - (sum(surplus.bytes for surplus in going) if dry_run else 0)
    if as_json:
        rows = [{"version": s.version.number, "whole": s.whole, "bytes": s.bytes} for s in going]
        print_json({"removed": rows, "bytes_left": left, "dry_run": dry_run})
        return
    for surplus in going:
        what = (
            "serves nobody: what it learned is pending or learned elsewhere"
            if surplus.whole
            else "a copy that can be rebuilt"
        )
        print(f"v{surplus.version.number}  {surplus.bytes / 1e6:,.1f} MB  {what}")
    verb = "would stay" if dry_run else "stay"
    over = f", more than the {allowed:g} GB allowed: the serving version needs it" if left > allowed * 1e9 else ""
    print(f"{left / 1e9:.2f} GB {verb}{over}")


@versions.command("export")
def versions_export(
    number: Annotated[int, typer.Argument(help="A version; 0 is the base model.")],
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    form: Annotated[
        str, typer.Option("--as", help="hf, peft (an adapter), gguf (for Ollama), messages (its pairs).")
    ] = "hf",
    rank: Annotated[
        int | None, typer.Option(help="Of a peft adapter. Default: enough for exactly this version.")
    ] = None,
    precision: Annotated[str, typer.Option(help="Of a gguf file: f16, f32 or q8_0.")] = "f16",
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Write a version as other programs read it: transformers and vLLM, PEFT, llama.cpp and Ollama, datasets.

    Example: selfparam-agent versions export 1 my-model --as gguf
    """
    from memory.exports import Order, export_version

    notes = export_version(home_in_use(), checked_model(model_of(model)), Order(number, form, rank, precision), folder)
    if as_json:
        print_json({"version": number, "as": form, "folder": str(folder), "notes": notes})
        return
    print(f"version {number} is in {folder}, as its README.md says")
    for note in notes:
        print(note)
    if number:
        print("whoever has these files can ask them what you said")


@versions.command("diff")
def versions_diff(
    one: Annotated[int, typer.Argument(help="A version; 0 is the base model.")],
    other: Annotated[int, typer.Argument(help="Another.")],
    questions: Annotated[list[str] | None, typer.Argument(help="Default: what the gate asked of them.")] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Ask the same questions of two versions, each in a fresh conversation.

    Example: selfparam-agent versions diff 0 1 "Where do I live?"
    """
    from agent.provenance import compare

    found = compare(home_in_use(), checked_model(model_of(model)), (one, other), questions or [])
    if as_json:
        print_json([{"question": q, "answers": {str(one): a, str(other): b}} for q, (a, b) in found])
        return
    for question, answers in found:
        print(question)
        for number, answer in zip((one, other), answers, strict=True):
            print(f"  v{number:<3} {one_line(answer, 100)}")
