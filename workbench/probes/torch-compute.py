# Multiplies matrices, and sums over two processes: on GPUs where the container has them, else on the CPU with gloo.
# Results are lines of JSON.
import json
import os
import subprocess
import sys
import tempfile


def result(name, state, says):
    print(json.dumps({"name": "torch " + name, "state": state, "says": str(says)}), flush=True)


RANK = """
import sys, datetime, torch, torch.distributed as dist
rank, file, backend = int(sys.argv[1]), sys.argv[2], sys.argv[3]
dist.init_process_group(backend, init_method="file://" + file, rank=rank, world_size=2, timeout=datetime.timedelta(seconds=60))
value = torch.full((4,), float(rank + 1), device="cuda:%d" % rank if backend == "nccl" else "cpu")
dist.all_reduce(value)
assert value.tolist() == [3.0] * 4, value
dist.destroy_process_group()
"""


def matmul(torch):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    product = torch.ones(256, 256, device=device) @ torch.full((256, 256), 2.0, device=device)
    assert bool((product == 512).all()), product
    return device if device == "cpu" else torch.cuda.get_device_name(0)


def all_reduce(torch):
    backend = "nccl" if torch.cuda.is_available() and torch.cuda.device_count() >= 2 else "gloo"
    # A file, not a TCP port: nothing may be open in the container. The loopback interface is always there.
    env = dict(os.environ, GLOO_SOCKET_IFNAME="lo", NCCL_SOCKET_IFNAME="lo")
    with tempfile.TemporaryDirectory() as directory:
        words = [os.path.join(directory, "store"), backend]
        ranks = [
            subprocess.Popen([sys.executable, "-c", RANK, str(rank)] + words, env=env, stderr=subprocess.PIPE, text=True)
            for rank in range(2)
        ]
        for rank in ranks:
            _, said = rank.communicate(timeout=120)
            if rank.returncode != 0:
                raise RuntimeError(said.strip().split("\n")[-1])
    return "2 ranks over %s" % backend


try:
    import torch
except Exception as error:
    result("computes", "failed", "import torch: %s" % error)
    sys.exit(0)

for name, compute in (("product of matrices", matmul), ("sum over two processes", all_reduce)):
    try:
        result(name, "passed", compute(torch))
    except Exception as error:
        result(name, "failed", "%s: %s" % (type(error).__name__, error))
