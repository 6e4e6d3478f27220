// Why two images differ, as it is shown: at two widths, in colour, and in a pipe.
import { expect, test } from "vitest";
import { renderImageDiff } from "../../src/cli/render/image/diff.ts";
import { width } from "../../src/cli/render/width.ts";
import type { ImageDiffOutcome } from "../../src/wire/image/diff.ts";
import { PIPE, terminal } from "./literal.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

const DIFFERENT: ImageDiffOutcome = {
  kind: "image-diff",
  a: { reference: "registry.example.com/team/pytorch-cuda:v2.7.0", digest: digest("a"), layers: 4 },
  b: { reference: "oci:build:v2.7.0", digest: digest("b"), layers: 4 },
  verdict: "different",
  causes: [
    {
      cause: "created",
      level: "configuration",
      title: "the time at which the image says it was created",
      remedy: "buildah build --timestamp $SOURCE_DATE_EPOCH …",
      seen: false,
      differences: [{ where: null, a: "2026-01-01T00:00:00Z", b: "2026-01-02T00:00:00Z" }],
    },
    {
      cause: "ssh-host-key",
      level: "file",
      title: "SSH host keys, made in the build: a secret that every container would share",
      remedy: "RUN apt-get install -y openssh-server && rm -f /etc/ssh/ssh_host_*_key*",
      seen: true,
      differences: ["ecdsa", "ed25519", "rsa", "dsa", "x"].map((kind) => ({
        where: `etc/ssh/ssh_host_${kind}_key`,
        a: "411 bytes",
        b: kind === "x" ? null : "411 bytes",
      })),
    },
    {
      cause: "mtime-after-epoch",
      level: "file",
      title: "files newer than the image says it is: their times are those of the build",
      remedy: "buildah build --timestamp $SOURCE_DATE_EPOCH … # morello image build does this",
      seen: true,
      differences: [
        {
          where: "usr/lib/python3/dist-packages/a/very/deep/package/of/many/names/__init__.py",
          a: "2026-01-01T10:00:00Z",
          b: "2026-01-02T10:00:00Z",
        },
      ],
    },
  ],
};

test.each([80, 120])("a person sees causes, places and remedies in %i columns", (columns) => {
  expect(renderImageDiff(terminal(columns), DIFFERENT)).toMatchSnapshot();
});

test.each([80, 100, 120])("nothing but remedies is wider than %i columns", (columns) => {
  const remedies = DIFFERENT.causes.map(({ remedy }) => `    remedy: ${remedy}`);
  const lines = renderImageDiff(terminal(columns), DIFFERENT).split("\n");
  expect(lines.filter((line) => width(line) > columns && !remedies.includes(line))).toEqual([]);
});

test("colour adds no text", () => {
  // eslint-disable-next-line no-control-regex
  const bare = renderImageDiff(terminal(80, { color: true }), DIFFERENT).replace(/\u001b\[\d+m/g, "");
  expect(bare).toBe(renderImageDiff(terminal(80), DIFFERENT));
});

test("a pipe has one fact a line, nothing left out", () => {
  const lines = renderImageDiff(PIPE, DIFFERENT).trimEnd().split("\n");
  expect(lines[0]).toBe("created\t-\t2026-01-01T00:00:00Z\t2026-01-02T00:00:00Z");
  expect(lines).toContain("ssh-host-key\tetc/ssh/ssh_host_x_key\t411 bytes\tnot there");
  expect(lines).toHaveLength(11);
});

test.each([
  ["same-manifest", "✓ The images are the same: one manifest"],
  ["same-layers", "✓ The images hold the same layers, wrapped otherwise by 1 cause: no container can tell them apart"],
  ["same-files", "✓ The images come to the same files by other layers, by 1 cause: no container can tell them apart"],
] as const)("equal images say so, and why: %s", (verdict, words) => {
  const causes = verdict === "same-manifest" ? [] : DIFFERENT.causes.slice(0, 1);
  const shown = renderImageDiff(terminal(120), { ...DIFFERENT, verdict, causes });
  expect(shown.trimEnd().split("\n").at(-1)).toBe(words);
});
