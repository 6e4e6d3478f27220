import { leakBranch, trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

const SPEC = `image:
  name: registry.example.com/pytorch-cuda
  source:
    path: /opt/trainer
    include: [trainer]
`;

const OUT = "oci:../images";

export const image: Scenario = {
  name: "image",
  title: "from v2.7.0 to the image of v2.7.1: one layer of bytes that changed, proven, the same digest anywhere",
  build: (project) => {
    leakBranch(trainingProject(project.write("morello.yaml", SPEC)));
    project.switch("main");
    return [
      {
        say: "The image of v2.7.0, into a directory that skopeo, podman and docker read. No engine, no registry, no checkout.",
        command: ["morello", "image", "build", "v2.7.0", "--output", OUT],
        shows: /v2\.7\.0[^]*sha256:[0-9a-f]{64}/,
      },
      {
        say: "The fix lands on the line:",
        command: ["morello", "pick", "fix/dataloader-leak", "--onto", "release/v2.7", "--yes"],
        shows: /release\/v2\.7/,
      },
      {
        say: "The line is released:",
        command: ["morello", "release", "release/v2.7", "--yes"],
        shows: /v2\.7\.1/,
      },
      {
        say: "What would its image send? One layer with what differs, and a configuration.",
        command: ["morello", "image", "build", "v2.7.1", "--output", OUT, "--dry-run"],
        shows: /diff|differs/,
      },
      {
        say: "Make it. The proof: every path is as a build from scratch would have it.",
        command: ["morello", "image", "build", "v2.7.1", "--output", OUT],
        shows: /proof/,
      },
      {
        say: "Once more, from a line's name and into another directory: the same digest.",
        command: ["morello", "image", "build", "release/v2.7", "--output", "oci:../elsewhere"],
        shows: /v2\.7\.1[^]*sha256:[0-9a-f]{64}/,
      },
      {
        say: "And into the first: all of it is there already.",
        command: ["morello", "image", "build", "v2.7.1", "--output", OUT],
        shows: /there already/,
      },
    ];
  },
};
