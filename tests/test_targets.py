"""The file of a target set: what is written is read back, whoever has had it in an editor."""

import json
from dataclasses import asdict

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from memory.bank import read_yaml
from memory.errors import UsageError
from memory.targets import Pair, TargetSet

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
pairs = st.lists(st.builds(Pair, words, words, st.sampled_from(["fact", "open", "near-miss"]), words), max_size=4)


@given(st.builds(TargetSet, pairs.map(tuple), pairs.map(tuple), pairs.map(tuple), st.just(()), st.tuples(words)))
def test_what_is_written_is_read_back(targets: TargetSet) -> None:
    """Any characters; and to a YAML library it says the same."""
    text = targets.text()
    assert TargetSet.parse(text, "it") == targets
    assert json.loads(json.dumps(asdict(targets))) == {name: entries or [] for name, entries in read_yaml(text).items()}


def test_an_edited_set() -> None:
    """Whole lines may be struck, comments and entries in other YAML written; sets of earlier versions are read."""
    one = Pair("Where do I live?", "You live in Porto.", "fact", "a/1")
    other = Pair("Who is Zoe?", "Zoe is your sister.", "fact", "a/1")
    whole = TargetSet((one, other), (one,), (), (("Am I?", "far from its statement"),), ("You live in Leeds.",))
    struck = "\n".join(line for line in whole.text().split("\n") if "Zoe" not in line)
    assert TargetSet.parse(struck, "it").pairs == (one,)
    assert TargetSet.parse("# mine\n" + whole.text(), "it") == whole
    block = yaml.safe_dump(json.loads(json.dumps(asdict(whole))), allow_unicode=True, sort_keys=False, width=160)
    assert TargetSet.parse(block, "it") == whole
    with pytest.raises(UsageError, match="strike whole entries only"):
        TargetSet.parse(whole.text().replace('"kind"', '"sort"'), "it")
