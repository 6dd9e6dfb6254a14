"""From a sentence to the version that knows it and back: read from manifests and target sets."""

from collections.abc import Sequence
from typing import Any

from agent.text import plain
from memory.conversations import RECENT, Experience, user_turns
from memory.errors import UsageError
from memory.forget import Forgetting
from memory.home import Home
from memory.parser import parser
from memory.pending import memories
from memory.refusals import refusals
from memory.settings import read_settings
from memory.statements import introduced
from memory.targets import Pair, TargetSet, extract
from memory.versions import Version, Weights

MOST_COMPARED = 20


def provenance(home: Home, model: str, experience: str) -> dict[str, Any]:
    """What was said under an id, as what statements it is heard, which version learned it, with which questions, and
    how the gate found it recalled.

    Raises:
        UsageError: there is no such experience.
    """
    everything = list(memories(home, model))
    told = next((memory for memory in everything if memory.turn.id == experience), None)
    if told is None:
        raise UsageError(f"there is no experience {experience}: see `selfparam-agent memories list --all`")
    weights = Weights(home, model)
    version = weights.get(told.version) if told.version else None
    refused = refusals(weights.root)
    parse = parser(home, read_settings(home.settings_file).recipe.hearing)
    before = [memory.turn for memory in everything[: everything.index(told)] if memory.turn.learnable][-1:]
    said = [Experience(turn.id, turn.text, turn.at) for turn in (*before, told.turn)]
    talk = experience.rpartition("/")[0]
    named = (
        introduced(memory.turn.text)
        for memory in everything[: everything.index(told)][-RECENT:]
        if memory.turn.learnable and memory.turn.id.startswith(f"{talk}/")
    )
    known = frozenset[str]().union(*(version.names for version in weights.lineage()[-1:]), *named)
    facts = [*extract(said[-1:], parse, known), *extract(said, parse, known)]
    facts = [fact for fact in facts if fact.experience == experience]
    found: dict[str, Any] = {
        "id": experience,
        "at": told.turn.at,
        "text": told.turn.text,
        "version": None,
        "state": told.words,
        "refused": refused[experience].why if experience in refused and not version else "",
        "heard": list(dict.fromkeys(fact.answer for fact in facts)),  # which may go on about the message before
        "questions": [],
        "asked": [],
        "no_longer_so": [],
    }
    if version:
        pairs = TargetSet.of(version).pairs
        found["version"] = version.number
        found["questions"] = [{"question": p.question, "answer": p.answer} for p in pairs if p.experience == experience]
        found["asked"] = [a for a in version.manifest["gate"]["asked"] if a["experience"] == experience]
        answers = {pair["answer"] for pair in found["questions"]}
        later = [one for one in weights.lineage() if one.number > version.number]
        found["no_longer_so"] = [
            {"answer": answer, "version": one.number}
            for one in later
            for answer in one.manifest.get("overruled", ())
            if answer in answers
        ]
    return found


def recall_of_each(home: Home, model: str) -> dict[str, tuple[int, int]]:
    """Experience id → (recalled, asked) at the gate of the version that learned it; what was not asked is left out."""
    found: dict[str, tuple[int, int]] = {}
    for version in Weights(home, model).lineage():
        for asked in version.manifest["gate"]["asked"]:
            hits, of = found.get(asked["experience"], (0, 0))
            found[asked["experience"]] = (hits + asked["hit_after"], of + 1)
    return found


def show_provenance(found: dict[str, Any]) -> str:
    """The same for a person."""
    lines = [f"{found['id']}  {found['at']}", plain(found["text"]), ""]
    if not found["version"]:
        heard = ["", "heard as:", *(f"  {plain(answer)}" for answer in found["heard"])] if found["heard"] else []
        why = [f"the gate refused it, the last time because {plain(found['refused'])}"] if found["refused"] else []
        return "\n".join([*lines, found["state"], *why, *heard])
    lines += [f"no longer so since version {one['version']}: {one['answer']}" for one in found["no_longer_so"]]
    lines.append(f"learned in version {found['version']} with {len(found['questions'])} questions:")
    lines += [f"  {pair['question']}  →  {pair['answer']}" for pair in found["questions"]]
    lines += ["", "asked by the gate (set aside, not trained on):"]
    lines += [f"  {'✓' if a['hit_after'] else '✗'} {a['question']}  →  {a['after']}" for a in found["asked"]]
    return plain("\n".join(lines))


def show_forgetting(going: Forgetting) -> str:
    """What forgetting would remove, for a person."""
    lines = ["these messages and the replies to them:"]
    lines += [f"  {turn.id}  {' '.join(plain(turn.text).split())}" for turn in going.turns]
    if going.versions:
        lines.append(f"these versions of the weights: {', '.join(f'v{version.number}' for version in going.versions)}")
        lines.append(f"to be learned again: {len(going.again)} other experiences")
    else:
        lines.append("no version of the weights has learned any of it")
    if going.unreadable:
        lines.append("damaged versions, which may have learned it:")
        lines += [f"  {folder}" for folder in going.unreadable]
    return "\n".join(lines)


def still_known(home: Home, model: str, questions: Sequence[Pair]) -> list[tuple[str, str]]:
    """Which of the questions the weights that serve now still answer as they were taught, with the answer."""
    from memory.gate import measure_recall
    from memory.judge import Encoder, judge_named
    from memory.models import base_folder, load, sentence_folder

    weights = Weights(home, model)
    language = load(weights.folder_to_load(weights.current(), base_folder(model, home)))
    judge = judge_named(read_settings(home.settings_file).gate.judge, Encoder(sentence_folder(home)))
    said = measure_recall(judge, language, questions)
    return [(pair.question, text) for pair, (text, hit) in zip(questions, said, strict=True) if hit]


def compare(
    home: Home, model: str, numbers: Sequence[int], questions: Sequence[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """Each question with the answer of each version, in a fresh conversation; 0 is the base.

    questions: default, what the gate asked of these versions and those they come from.

    Raises:
        UsageError: there is no such version, or nothing to ask.
    """
    from memory.language import ask
    from memory.models import base_folder, load

    weights = Weights(home, model)
    lineages = [weights.lineage(number) for number in numbers]
    of_the_gate = (a["question"] for lineage in lineages for v in lineage for a in v.manifest["gate"]["asked"])
    asked = list(questions or dict.fromkeys(of_the_gate))[-MOST_COMPARED:]
    if not asked:
        raise UsageError("there is nothing to compare: name a question behind the versions")
    base = base_folder(model, home)
    said = [ask(load(weights.folder_to_load(number, base)), asked) for number in numbers]
    return list(zip(asked, zip(*said, strict=True), strict=True))


def texts_of(home: Home, experiences: Sequence[str]) -> dict[str, str]:
    """Experience id → what the user had said, in their order; what was forgotten since is left out."""
    texts = {turn.id: turn.text for turn in user_turns(home)}
    return {key: texts[key] for key in experiences if texts.get(key)}


def verdict_of(version: Version) -> dict[str, Any]:
    """The verdict that let a version pass, as the consolidation reported it."""
    manifest = version.manifest
    return {"event": "verdict", "verdict": manifest["gate"], "pairs": manifest["pairs"], "seconds": manifest["seconds"],
            "version": version.number, "served_as": version.served_as,
            "overruled": manifest.get("overruled", [])}  # fmt: skip


def show_version(version: Version) -> str:
    """A version's manifest for a person: what it learned from which conversations, and the gate's figures."""
    manifest, gate = version.manifest, version.manifest["gate"]
    conversations: dict[str, list[str]] = {}
    for experience in version.experiences:
        name, _, number = experience.partition("/")
        conversations.setdefault(name, []).append(number)
    stages = ", ".join(f"{name} {seconds:.0f}" for name, seconds in manifest.get("stages", {}).items())
    lines = [
        f"version {version.number} over version {version.parent}, {manifest['created']}, {manifest['seconds']:.0f} s"
        f"{f' ({stages})' if stages else ''}",
        f"recall {gate['recall_before']:.2f} → {gate['recall_after']:.2f}, false recall {gate['false_recall']:.2f}, "
        f"kept of earlier {gate.get('retention', 1.0):.2f}, drift {gate['drift']:.3f} nats per token; "
        f"{manifest['pairs']} pairs, seed {manifest['recipe']['seed']}; served as {version.served_as}"
        f" in {gate.get('precision', 'fp32')}",
        "learned from:",
        *(f"  {name}: turns {', '.join(numbers)}" for name, numbers in conversations.items()),
        *(f"no longer so since then: {plain(answer)}" for answer in manifest.get("overruled", ())),
        "asked by the gate:",
        *(f"  {'✓' if a['hit_after'] else '✗'} {a['question']}  →  {a['after']}" for a in gate["asked"]),
    ]
    return "\n".join(lines)
