import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { containerfile } from "../../src/environment/containerfile.ts";
import { LINT_RULES, lintContainerfile } from "../../src/environment/lint/lint.ts";
import { deb, DEBIAN, imageSection, lockOf, onlyVariant, wheel } from "./sections.ts";

const D = `sha256:${"a".repeat(64)}`;

/** Rules that find something, each with its line, in order. */
function found(text: string): string[] {
  return lintContainerfile(text).map(({ rule, line }) => `${rule}:${line}`);
}

/** A file in which nothing is found, with these steps. */
function good(...steps: string[]): string {
  return [`FROM debian@${D}`, "ARG SOURCE_DATE_EPOCH", ...steps, "USER 1000"].join("\n");
}

test("a hand-made file as people write it is told all that makes a release of it slow, or unlike the last", () => {
  const text = `FROM nvcr.io/nvidia/pytorch:25.06-py3
WORKDIR /workspace
COPY . .
RUN apt-get update && apt-get install -y openssh-server tmux
RUN pip install torch==2.7.1 jupyterlab
RUN echo 'root:root' | chpasswd
ENV JUPYTER_TOKEN=letmein
CMD ["jupyter", "lab"]
`;
  expect(found(text)).toEqual([
    "base-by-digest:1",
    "epoch:1",
    "user:1",
    "layer-order:3",
    "apt-pinned:4",
    "host-keys:4",
    "apt-lists:4",
    "pip-hashes:5",
    "torch-of-base:5",
    "pip-cache:5",
    "password:6",
    "secret-variable:7",
  ]);
});

describe("nothing is found in", () => {
  test("the Containerfile that Morello writes, with everything in it", () => {
    const image = imageSection({
      environment: { base: DEBIAN, packages: { apt: ["tmux"], pip: ["numpy"] }, env: { TZ: "UTC" } },
      services: { jupyter: true, ssh: true },
      user: "work",
    });
    const lock = lockOf({
      base: { reference: DEBIAN, digest: D },
      asks: ["apt tmux", "pip numpy"],
      debs: [deb("openssh-server"), deb("tmux")],
      wheels: [wheel("numpy"), wheel("pip")],
    });
    const files = [{ path: "/usr/local/bin/morello-start", mode: 0o755, bytes: Buffer.from("") }];
    expect(
      lintContainerfile(containerfile({ image, variant: onlyVariant(image), platform: "linux/amd64", lock, files })),
    ).toEqual([]);
  });

  test.each([
    ["ARG with a default base", `ARG BASE=debian@${D}\n${good().replace(/^FROM \S+/, "FROM ${BASE}")}`],
    ["a stage of the same file", `FROM debian@${D} AS build\nFROM build\nUSER 1000`],
    ["scratch", "FROM scratch\nCOPY a /a\nUSER 1000"],
    [
      "pinned apt with its lists removed",
      good("RUN apt-get update && apt-get install -y tmux=3.3a-3 && rm -rf /var/lib/apt/lists/*"),
    ],
    [
      "pip by hash",
      good(
        "COPY requirements.txt .",
        "RUN pip install --no-cache-dir --require-hashes -r requirements.txt",
        "COPY . .",
      ),
    ],
    [
      "host keys removed in the same step",
      good("RUN apt-get install -y openssh-server=1:9.2 && rm -f /etc/ssh/ssh_host_*_key*"),
    ],
    ["a secret that is mounted", good("RUN --mount=type=secret,id=token TOKEN=$(cat /run/secrets/token) ./fetch")],
    [
      "names of files that hold secrets",
      good("ENV JUPYTER_TOKEN_FILE=/run/secrets/token TOKENIZERS_PARALLELISM=false"),
    ],
    ["a download that is only kept", good("RUN curl -fsSLo tool.sh https://example.com/tool.sh && sha256sum -c sums")],
    ["a URL with a checksum", good("ADD --checksum=sha256:aa https://example.com/a /a")],
    ["a step that is allowed", good("# morello: allow piped-script", "RUN curl https://example.com/a | sh")],
    [
      "torch that there is",
      good(
        "RUN pip install --no-cache-dir --require-hashes torch==2.7.1 --index-url https://download.pytorch.org/whl/cu126",
      ),
    ],
  ])("%s", (_, text) => {
    expect(lintContainerfile(text)).toEqual([]);
  });
});

describe("found", () => {
  test.each([
    ["base-by-digest:1", `FROM debian\n${good().split("\n").slice(1).join("\n")}`],
    ["base-by-digest:1", `FROM debian:latest\n${good().split("\n").slice(1).join("\n")}`],
    ["base-by-digest:3", `FROM debian@${D} AS a\nRUN true\nFROM registry.example:5000/a\nUSER 1`],
    ["apt-pinned:3", good("RUN apt install -y tmux git=1")],
    ["no-upgrade:3", good("RUN apt-get update && apt-get -y dist-upgrade && rm -rf /var/lib/apt/lists/*")],
    ["pip-hashes:3", good("RUN python3 -m pip install --no-cache-dir numpy")],
    ["pip-hashes:3", good("RUN pip --no-cache-dir install numpy==2.0")],
    ["pip-hashes:3", good("RUN uv pip install numpy==2.0")],
    ["epoch:1", `FROM debian@${D}\nRUN true\nUSER 1000`],
    ["user:3", `FROM debian@${D}\nARG SOURCE_DATE_EPOCH\nUSER root`],
    ["secret-variable:3", good("ARG GITHUB_TOKEN")],
    ["secret-variable:3", good("ENV AWS_SECRET_ACCESS_KEY abc")],
    ["secret-variable:3", good('ENV A=1 DB_PASSWORD="a b"')],
    ["secret-file:3", good("COPY --chown=1000 id_ed25519 /home/work/.ssh/")],
    ["secret-file:3", good('ADD ["config/.netrc", "/root/"]')],
    ["secret-file:3", good("COPY .env /app/")],
    ["password:3", good("RUN useradd -m -p abc work")],
    ["host-keys:3", good("RUN ssh-keygen -A")],
    ["host-keys:3", good("RUN apt-get install -y openssh-server=1:9.2")],
    ["host-keys:3", good("COPY ssh_host_ed25519_key /etc/ssh/")],
    ["piped-script:3", good("RUN curl -fsSL https://example.com/install.sh | sudo bash -s -- -y")],
    ["piped-script:3", good("RUN bash <(curl -s https://example.com/install.sh)")],
    ["piped-script:3", good("RUN wget -qO- https://example.com/get.py | python3 -")],
    ["piped-script:3", good("RUN <<EOF\ncurl https://example.com/a | sh\nEOF")],
    ["add-url:3", good("ADD https://example.com/a.tar.gz /opt/")],
    ["layer-order:3", good("COPY src/ /opt/app/", "RUN pip install --no-cache-dir --require-hashes -r r.txt")],
    ["apt-lists:3", good("RUN apt-get update \\\n  # a comment\n  && apt-get install -y tmux=1")],
    ["pip-cache:3", good("RUN pip install --require-hashes -r r.txt")],
    [
      "torch-of-base:3",
      `FROM nvcr.io/nvidia/pytorch@${D}\nARG SOURCE_DATE_EPOCH\nRUN pip install --no-cache-dir --require-hashes torchvision==0.22\nUSER 1`,
    ],
    [
      "torch-exists:3",
      good(
        "RUN pip install --no-cache-dir --require-hashes torch==2.7.0 --index-url https://download.pytorch.org/whl/cu121",
      ),
    ],
    ["no-from:1", "RUN true"],
  ])("%s, and nothing else, in %j", (expected, text) => {
    expect(found(text)).toEqual([expected]);
  });

  test("is something by every rule there is, in these tests", async () => {
    const { readFileSync } = await import("node:fs");
    const own = readFileSync(new URL(import.meta.url), "utf8");
    for (const { id } of LINT_RULES) expect(own).toContain(`"${id}:`);
  });
});

test("any text is read to its end", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "FROM a",
      "RUN a \\",
      "# c",
      "RUN <<EOF",
      "EOF",
      'COPY ["a"',
      "ENV",
      "ENV A",
      "ARG =",
      "USER",
      "ADD",
      "FROM",
    ),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      for (const finding of lintContainerfile(lines.join("\n"))) expect(finding.line).toBeGreaterThan(0);
    }),
  );
});
