"""Why has this Python no CUDA? As `python3 -m cuda_why`: silent (0) when all is well, else one line on stderr (1).

In a notebook: `import cuda_why; print(cuda_why.why())`. First cuda-why is asked, which knows what a container can see;
then PyTorch itself, if it can be imported: what it was built for, which GPUs it has code for, what CUDA answers it.
Allocates nothing on a GPU. Needs Python 3.9 and its standard library.
"""

import os
import re
import subprocess
import sys
from typing import NamedTuple, Optional

HERE = "Run"
HOST = "Run on the host, which alone can tell more"


class Cause(NamedTuple):
    """One reason: the rule's name is that of `morello doctor`."""

    rule: str
    because: str
    command: str
    at: str = HERE

    def __str__(self) -> str:
        return f"cuda-why: {self.because}. {self.at}: {self.command}  [{self.rule}]"


# What CUDA answers PyTorch -> the rule, and the command that helps.
# Source: PyTorch, c10/cuda/CUDAFunctions.cpp; CUDA's driver API, CUresult.
ANSWERS = (
    (r"driver on your system is too old", "driver-too-old", "morello doctor --for IMAGE", HOST),
    (r"Found no NVIDIA driver", "host-driver", "morello doctor", HOST),
    (r"Error 804|forward compatibility was attempted", "forward-compat", "morello doctor --for IMAGE", HOST),
    (r"Error 803|unsupported display driver", "compat-older", "unset LD_LIBRARY_PATH", HERE),
    (r"Error 802|system not yet initialized", "fabric-manager", "sudo systemctl enable --now nvidia-fabricmanager", HOST),
    (r"Error 222|unsupported toolchain", "ptx-jit", "morello doctor --for IMAGE", HOST),
    (r"CUDA unknown error|Error 999", "uvm-missing", "sudo nvidia-modprobe -u -c=0", HOST),
)


def why(shell: Optional[str] = "cuda-why") -> Optional[Cause]:
    """The surest cause, or None where CUDA works or nothing here asks for it. `shell`: the program to ask first."""
    return _asked(shell) or _of_torch()


def _asked(shell: Optional[str]) -> Optional[Cause]:
    if shell is None:
        return None
    try:
        said = subprocess.run([shell], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=5).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"^cuda-why: (.*?)\. (Run[^:]*|Start it with): (.*)  \[([a-z-]+)\]$", said, re.MULTILINE)
    return Cause(found[4], found[1], found[3], found[2]) if found else None


def _of_torch() -> Optional[Cause]:
    try:
        import torch
    except Exception:  # whatever a broken installation raises is not CUDA's fault
        return None
    version = torch.__version__
    if torch.version.cuda is None:
        if not _has_device():
            return None
        return Cause(
            "cpu-wheel",
            f"PyTorch {version} was built without CUDA, and there is a GPU",
            _reinstalled(version, "cu126"),
        )
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and not re.match(r"\d+|(?:GPU|MIG)-", visible.strip()):
        return Cause(
            "visible-empty",
            f"CUDA_VISIBLE_DEVICES is '{visible}', which names no GPU",
            "unset CUDA_VISIBLE_DEVICES # and start this Python anew",
        )
    try:
        torch.cuda.init()
        count = torch.cuda.device_count()
        capabilities = [torch.cuda.get_device_capability(n) for n in range(count)]
    except Exception as error:
        return _answered(str(error).split("\n")[0])
    if count == 0:
        return _answered("No CUDA GPUs are available")
    return _of_archs(torch, capabilities)


def _reinstalled(version: str, variant: str) -> str:
    torch = version.split("+")[0]
    return f"pip install --force-reinstall torch=={torch} --index-url https://download.pytorch.org/whl/{variant}"


def _of_archs(torch, capabilities) -> Optional[Cause]:
    """Held against the GPUs: machine code of the same major version, else PTX that the driver can compile."""
    version, archs = torch.__version__, torch.cuda.get_arch_list()
    for gpu in capabilities:
        name = f"sm_{gpu[0]}{gpu[1]}"
        runs = runs_on(archs, gpu)
        if runs == "not":
            return Cause(
                "wheel-arch",
                f"PyTorch {version} has no code for this GPU ({name}): it holds {' '.join(archs)}",
                _reinstalled(version, "cu128" if gpu >= (10, 0) else "cu118" if gpu < (5, 0) else "cu126"),
            )
        if runs == "ptx" and _driver_cuda(torch) < _pair(torch.version.cuda):
            driver = ".".join(str(part) for part in _driver_cuda(torch))
            return Cause(
                "ptx-jit",
                f"PyTorch {version} has only PTX for this GPU ({name}), and the driver compiles that of CUDA {driver} at most",
                "morello doctor --for IMAGE",
                HOST,
            )
    return None


def runs_on(archs, gpu) -> str:
    """`code`, `ptx` or `not`; archs as `torch.cuda.get_arch_list()` gives them, the GPU as (major, minor)."""
    pairs = [(kind, (int(digits[:-1]), int(digits[-1]))) for kind, digits in _plain(archs)]
    if any(kind == "sm" and arch[0] == gpu[0] and arch <= gpu for kind, arch in pairs):
        return "code"
    return "ptx" if any(kind == "compute" and arch <= gpu for kind, arch in pairs) else "not"


def _plain(archs):
    """`sm_90a` is code for one GPU alone, and says nothing of others."""
    found = (re.match(r"(sm|compute)_(\d{2,})$", arch) for arch in archs)
    return [(each[1], each[2]) for each in found if each]


def _answered(said: str) -> Cause:
    for pattern, rule, command, at in ANSWERS:
        if re.search(pattern, said):
            return Cause(rule, f"CUDA answers PyTorch: {said}", command, at)
    return Cause("smi-fails", f"CUDA answers PyTorch: {said}", "nvidia-smi", HERE)


def _driver_cuda(torch):
    number = torch._C._cuda_getDriverVersion()  # 12040 is 12.4
    return (number // 1000, number % 1000 // 10)


def _pair(cuda: str):
    return tuple(int(part) for part in cuda.split(".")[:2])


def _has_device() -> bool:
    return any(re.match(r"nvidia\d|dxg$", name) for name in os.listdir("/dev"))


def main() -> int:
    cause = why()
    if cause is None:
        return 0
    print(cause, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
