# Tells what this PyTorch is and whether it has the devices that the container was given. Takes no memory of a GPU: CUDA is
# asked through NVML where PyTorch can. Results are lines of JSON.
import json
import os
import subprocess
import sys

os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")


def result(name, state, says):
    print(json.dumps({"name": "torch " + name, "state": state, "says": str(says)}), flush=True)


def why():
    """The one line of cuda-why, where the image has it."""
    try:
        return subprocess.run(["cuda-why"], capture_output=True, text=True, timeout=20).stderr.strip().split("\n")[0]
    except (OSError, subprocess.SubprocessError):
        return ""


def runs_on(archs, major, minor):
    """Machine code runs on its own major version from its minor version on, PTX on everything newer."""
    for arch in archs:
        kind, _, number = arch.partition("_")
        digits = "".join(c for c in number if c.isdigit())
        suffix = number[len(digits):]
        have = (int(digits[:-1]), int(digits[-1]))
        if kind == "sm" and have[0] == major and (have[1] == minor if suffix else have[1] <= minor):
            return True
        if kind == "compute" and not suffix and have <= (major, minor):
            return True
    return False


try:
    import torch
except Exception as error:
    result("version", "failed", "import torch: %s" % error)
    sys.exit(0)

result("version", "passed", "%s, Python %s" % (torch.__version__, sys.version.split()[0]))
given = int(os.environ.get("PROBE_GPUS", "0"))
built = torch.version.cuda

if built is None:
    result("CUDA", "skipped", "built without CUDA")
elif given == 0:
    result("CUDA", "skipped", "built for CUDA %s; no GPU was given to the container" % built)
elif not torch.cuda.is_available():
    result("CUDA", "failed", why() or "built for CUDA %s, and torch.cuda.is_available() is False" % built)
else:
    result("CUDA", "passed", "CUDA %s" % built)
    count = torch.cuda.device_count()
    names = ", ".join(torch.cuda.get_device_name(at) for at in range(count))
    says = "%d of %d: %s" % (count, given, names)
    result("devices", "passed" if count == given else "failed", says)
    archs = torch.cuda.get_arch_list()
    for at in range(count):
        major, minor = torch.cuda.get_device_capability(at)
        fits = runs_on(archs, major, minor)
        says = "sm_%d%d; this build has %s" % (major, minor, " ".join(archs))
        result("architecture of GPU %d" % at, "passed" if fits else "failed", says)

if built is None:
    result("cuDNN", "skipped", "built without CUDA")
    result("NCCL", "skipped", "built without CUDA")
else:
    version = torch.backends.cudnn.version()
    result("cuDNN", "passed" if version else "failed", version or "torch.backends.cudnn.version() is None")
    try:
        import torch.distributed as dist

        version = ".".join(map(str, torch.cuda.nccl.version())) if dist.is_nccl_available() else ""
        result("NCCL", "passed" if version else "failed", version or "not built in")
    except Exception as error:
        result("NCCL", "failed", error)
