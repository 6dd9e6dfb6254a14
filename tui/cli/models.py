"""`models …`: the base models."""

from typing import Annotated

import typer

from memory.home import user_home
from tui.cli.common import AsJson, fetch, model_of, print_json

models = typer.Typer(help="The base models it can run on.", rich_markup_mode=None)


@models.command("list")
def models_list(as_json: AsJson = False) -> None:
    """The catalogue, and whether each model is on this machine.

    Example: selfparam-agent models list
    """
    from memory.models import CATALOGUE
    from memory.wheels import is_cached

    home = user_home()
    rows = [
        {"name": w.name, "source": w.requirement, "licence": w.licence, "cached": is_cached(w, home)}
        for w in CATALOGUE.values()
    ]
    if as_json:
        print_json(rows)
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
    name = model_of(model)
    fetch(name)
    print(f"{name} is ready")
