// Where the compatibility table's facts come from. Read in November 2026; no GPU was at hand, so none was measured.

export const SOURCES = {
  "cog": {
    title: "replicate/cog, pkg/config/torch_compatibility.json at 173033b43b41, made from PyTorch's wheel index",
    url: "https://github.com/replicate/cog/blob/main/pkg/config/torch_compatibility.json",
  },
  "index": {
    title: "PyTorch's own wheel index, read by npm run refresh-compat",
    url: "https://download.pytorch.org/whl/torch/",
  },
  "matrix": {
    title: "pytorch/pytorch, RELEASE.md, release compatibility matrix (three copies agree)",
    url: "https://github.com/pytorch/pytorch/blob/main/RELEASE.md",
  },
  "requirements": {
    title: "pytorch/pytorch, generate_binary_build_matrix.py at 00018c948722, on main between 2.6 and 2.7",
    url: "https://github.com/pytorch/pytorch/blob/main/.github/scripts/generate_binary_build_matrix.py",
  },
  "pins": {
    title: "published lists of pinned packages that hold torch and nvidia-nccl together",
    url: "https://pypi.org/project/torch/",
  },
  "archs": {
    title: "moi90/pytorch_compute_capabilities, table.md (binaries under conda's names)",
    url: "https://github.com/moi90/pytorch_compute_capabilities",
  },
  "build-script": {
    title: "pytorch/pytorch, .ci/manywheel/build_cuda.sh, on main between 2.8 and 2.9",
    url: "https://github.com/pytorch/pytorch/blob/main/.ci/manywheel/build_cuda.sh",
  },
  "cuda-matrix": {
    title: "pytorch/pytorch, RELEASE.md, CUDA support matrix (its oldest row is 2.11)",
    url: "https://github.com/pytorch/pytorch/blob/main/RELEASE.md",
  },
  "nvidia-minor": {
    title: "NVIDIA, CUDA minor version compatibility",
    url: "https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",
  },
  "nvidia-notes": {
    title: "NVIDIA, CUDA release notes, table 3: toolkit and driver",
    url: "https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/",
  },
} as const;

export type SourceId = keyof typeof SOURCES;
