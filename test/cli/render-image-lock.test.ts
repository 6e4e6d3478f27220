// What `morello image lock` and `morello image lint` show: at two widths, in colour, and in a pipe.
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { renderImageLint } from "../../src/cli/render/image/lint.ts";
import { renderImageLock } from "../../src/cli/render/image/lock.ts";
import { width } from "../../src/cli/render/width.ts";
import { judge } from "../../src/environment/compat/judge.ts";
import { lintContainerfile } from "../../src/environment/lint/lint.ts";
import type { ImageLockOutcome } from "../../src/wire/image/lock.ts";
import { PIPE, terminal } from "./literal.ts";

const AT = { variant: "cu126", platform: "linux/amd64" };

const LOCKED: ImageLockOutcome = {
  kind: "locked",
  isWritten: true,
  epoch: 1_767_225_600,
  environments: [
    {
      ...AT,
      base: "docker.io/library/python@sha256:…",
      digest: null,
      python: "3.11",
      compat: "2.7.1+cu126",
      debs: 12,
      wheels: 31,
      debBytes: 4_100_000,
      changes: [
        { what: "base", name: "base", before: `sha256:${"a".repeat(64)}`, after: `sha256:${"b".repeat(64)}` },
        { what: "deb", name: "tmux", before: "3.3a-3", after: "3.3a-3+deb12u1" },
        { what: "deb", name: "libevent-core-2.1-7", before: "2.1.12-stable-8", after: null },
        { what: "wheel", name: "numpy", before: null, after: "2.1.3" },
      ],
      notes: ["Hosts need NVIDIA's driver 525.60.13 or newer; from 560.28.03 on everything of CUDA 12.6 works."],
    },
  ],
};

test("a lock that was written shows what changed, as a table", () => {
  expect(renderImageLock(terminal(80), LOCKED)).toMatchInlineSnapshot(`
    "✓ morello.lock is written; its time is 2026-01-01

    cu126 linux/amd64: torch 2.7.1+cu126, Python 3.11, 12 .debs (4.1 MB), 31 wheels
      ~  base                        sha256:aaaaaaaaaaaa  →  sha256:bbbbbbbbbbbb
      ~  deb    tmux                 3.3a-3               →  3.3a-3+deb12u1
      -  deb    libevent-core-2.1-7  2.1.12-stable-8
      +  wheel  numpy                                        2.1.3
      • Hosts need NVIDIA's driver 525.60.13 or newer; from 560.28.03 on everything
        of CUDA 12.6 works.
    "
  `);
  expect(renderImageLock(PIPE, LOCKED)).toContain("libevent-core-2.1-7  2.1.12-stable-8");
});

test("a combination that there is not shows what there is, in lines to paste", () => {
  const judged = judge({ torch: "2.7", cuda: "12.1", cudnn: "8.9", python: "3.10" });
  if (judged.kind !== "impossible") throw new Error("there is no such combination");
  const { reason, rows, sources, offers } = judged;
  const outcome: ImageLockOutcome = {
    kind: "impossible",
    variant: "default",
    reason,
    rows: [...rows],
    sources: [...sources],
    offers: offers.map(({ row, lines }) => ({ row, lines: [...lines] })),
  };
  expect(renderImageLock(terminal(80), outcome)).toMatchInlineSnapshot(`
    "✗ Nobody published what image.environment asks for.
      torch 2.7.1 was published for cu118, cu126, cu128 with cuDNN 9 (9.1.0.70,
      9.5.1.17, 9.7.1.26), and for cpu, on Python 3.9 to 3.13; there is no cu121 of
      it (CUDA 12.1 is in torch 2.5.0 and 2.5.1); cuDNN comes in the wheels, and 8.9
      is in none of them.

      The nearest there is: 2.7.1+cu118
        torch: 2.7.1
        cuda: cu118
        cudnn: "9.1.0.70"
        python: "3.10"

      Or: 2.7.1+cu126
        torch: 2.7.1
        cuda: cu126
        cudnn: "9.5.1.17"
        python: "3.10"

      Or: 2.5.1+cu121
        torch: 2.5.1
        cuda: cu121
        cudnn: "9.1.0.70"
        python: "3.10"

      source: replicate/cog, pkg/config/torch_compatibility.json at 173033b43b41, made from PyTorch's wheel index
      source: pytorch/pytorch, RELEASE.md, release compatibility matrix (three copies agree)
      source: moi90/pytorch_compute_capabilities, table.md (binaries under conda's names)
      source: pytorch/pytorch, generate_binary_build_matrix.py at 00018c948722, on main between 2.6 and 2.7
      source: published lists of pinned packages that hold torch and nvidia-nccl together
    "
  `);
});

test.each([
  { kind: "holds", online: true, environments: 2, packages: 300 },
  { kind: "stale", differences: [{ ...AT, what: "pip numpy>=2", only: "morello.yaml" }] },
  {
    kind: "vanished",
    missing: [
      { ...AT, kind: "deb", name: "tmux", version: "3.3a-3", available: ["3.3a-3+deb12u1"] },
      { ...AT, kind: "wheel", name: "left-pad", version: "1.0", available: [] },
    ],
  },
] satisfies ImageLockOutcome[])("$kind, in words", (outcome) => {
  expect(renderImageLock(terminal(80), outcome)).toMatchSnapshot();
});

test("findings of a Containerfile stand with file and line, and what to write", () => {
  const text = `FROM debian:bookworm\nCOPY . .\nRUN apt-get update && apt-get install -y openssh-server\n`;
  const outcome = { kind: "errors" as const, files: [{ file: "Dockerfile", findings: lintContainerfile(text) }] };
  expect(renderImageLint(terminal(80), outcome)).toMatchInlineSnapshot(`
    "Dockerfile:1 error: debian:bookworm is a tag; a digest is wanted (base-by-digest)
      → FROM NAME@sha256:…, as skopeo inspect or docker buildx imagetools inspect prints it
    Dockerfile:1 warning: no ARG SOURCE_DATE_EPOCH: the same build gives other bytes tomorrow (epoch)
      → ARG SOURCE_DATE_EPOCH after FROM, and --build-arg SOURCE_DATE_EPOCH=… of the commit
    Dockerfile:1 warning: no USER: it runs as root (user)
      → USER 1000, or a start script that gives root away
    Dockerfile:2 warning: sources are copied before line 3 installs packages (layer-order)
      → move COPY below RUN, or let morello image build append the source as one small layer
    Dockerfile:3 warning: openssh-server without a version: what is installed depends on the day (apt-pinned)
      → apt-get install NAME=VERSION, or let morello image lock write versions and hashes down
    Dockerfile:3 error: openssh-server makes SSH host keys as it is installed, and they stay in the image (host-keys)
      → rm -f /etc/ssh/ssh_host_*_key* in the same RUN, and ssh-keygen -A when the container starts
    Dockerfile:3 warning: apt-get update leaves its lists in the layer (apt-lists)
      → rm -rf /var/lib/apt/lists/* in the same RUN

    2 errors, 5 warnings
    "
  `);
});

test("tables and sentences fit the terminal, in colour as without", () => {
  for (const columns of [80, 120]) {
    const colored = renderImageLock(terminal(columns, { color: true }), LOCKED);
    for (const line of stripVTControlCharacters(colored).split("\n")) expect(width(line)).toBeLessThanOrEqual(columns);
  }
});
