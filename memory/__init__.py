import os

# Threads sleep while they wait, instead of spinning: a chat beside a consolidation, which take the cores from each
# other, else answers a hundred times slower. Read once, when the first library that has such threads is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# A product in bf16 on a CPU is compiled for its sizes; of a thousand kept, where each step has others, one GB is taken.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
