import { describe, expect, test } from "vitest";
import { renderCommands, renderUpgrade, stepLine, waitingWords } from "../../src/cli/render/image/upgrade.ts";
import type { UpgradeEvent } from "../../src/usecase/image/upgrade.ts";
import { UpgradeOutcome } from "../../src/wire/image/upgrade.ts";
import { PIPE, terminal } from "./literal.ts";

const REPOSITORY = "registry.example.com/pytorch-cuda";
const FROM = { container: "lab", version: "v2.7.0", image: `${REPOSITORY}:v2.7.0`, pinned: `${REPOSITORY}@sha256:aa` };
const TO = {
  container: "lab-v2.7.1",
  version: "v2.7.1",
  image: `${REPOSITORY}:v2.7`,
  pinned: `${REPOSITORY}@sha256:bb`,
};
const JUPYTER = {
  service: "jupyter",
  inside: 8888,
  reached: [{ bind: "0.0.0.0", port: 8888 }],
  aside: { bind: "0.0.0.0", port: 8889 },
  own: null,
} as const;
const SSH = {
  service: "ssh",
  inside: 22,
  reached: [{ bind: "127.0.0.1", port: 2223 }],
  aside: null,
  own: { bind: "127.0.0.1", port: 2222 },
} as const;
const SIDES = { name: "lab", engine: "podman", from: FROM, to: TO, ports: [JUPYTER, SSH] } as const;
const USES = [
  { kind: "kernel", what: "python3 0d2ad25c, busy", pid: 40 },
  { kind: "ssh", what: "sshd: ada [priv]", pid: 60 },
  { kind: "ssh", what: "sshd: bob [priv]", pid: 61 },
] as const;

/** Held to its schema, as scripts read it. */
function outcome(value: unknown): UpgradeOutcome {
  return UpgradeOutcome.parse(value);
}

const DRAINING = outcome({ kind: "draining", ...SIDES, uses: USES });

describe("an upgrade whose old container is in use", () => {
  test("on a terminal: where both are reached, who works there, and what comes next", () => {
    expect(renderUpgrade(terminal(80), DRAINING)).toBe(`✓ lab went from v2.7.0 to v2.7.1  lab-v2.7.1
  JupyterLab  is at port 8888
  SSH         is at 127.0.0.1:2223
  until it is gone the old one keeps 2222, which will lead to the new one then
  JupyterLab  of v2.7.0 meanwhile at port 8889
… lab is left alone
  kernel     python3 0d2ad25c, busy  40
  SSH login  sshd: ada [priv]        60
  SSH login  sshd: bob [priv]        61
hint: morello image upgrade lab  removes it once nobody works in it
`);
  });

  test("in a pipe: the same, a fact a line", () => {
    expect(renderUpgrade(PIPE, DRAINING)).toBe(`lab went from v2.7.0 to v2.7.1  lab-v2.7.1
  JupyterLab  is at port 8888
  SSH         is at 127.0.0.1:2223
  until it is gone the old one keeps 2222, which will lead to the new one then
  JupyterLab  of v2.7.0 meanwhile at port 8889
lab is left alone
  kernel     python3 0d2ad25c, busy  40
  SSH login  sshd: ada [priv]        60
  SSH login  sshd: bob [priv]        61
hint: morello image upgrade lab: removes it once nobody works in it
`);
  });
});

test("an upgrade that has come to its end names the ports that there are", () => {
  const done = outcome({ kind: "upgraded", ...SIDES, ports: [JUPYTER], old: { kind: "removed" } });
  expect(renderUpgrade(terminal(120), done)).toBe(`✓ lab went from v2.7.0 to v2.7.1  lab-v2.7.1
  JupyterLab  is at port 8888
`);
});

test("a container that is kept: which files, and how they come out", () => {
  const files = Array.from({ length: 12 }, (_, n) => `/root/notes-${n}.ipynb`);
  const done = outcome({ kind: "upgraded", ...SIDES, ports: [], old: { kind: "kept", files } });
  const said = renderUpgrade(terminal(80), done);
  expect(said).toContain("• lab is stopped and kept: these files are in it alone\n  /root/notes-0.ipynb\n");
  expect(said).toContain("  and 2 others\n");
  expect(said).toContain("hint: podman cp lab:/root/notes-0.ipynb .  takes one out; podman rm lab ends it\n");
  expect(renderUpgrade(PIPE, done)).toContain("/root/notes-11.ipynb"); // nothing is cut off for scripts
});

test("a new version that is not fit: why, and what it said last, harmless for a terminal", () => {
  const log = ["Traceback", `ImportError: ${"libcudnn.so.9 ".repeat(10)}`, "\u001b[31mred\u001b[0m"];
  const back = outcome({ kind: "rolled-back", ...SIDES, why: "it ended with status 1", log });
  expect(renderUpgrade(terminal(60), back)).toBe(`✗ lab stays at v2.7.0: v2.7.1 is not fit
  it ended with status 1
  Traceback
  ImportError: libcudnn.so.9 libcudnn.so.9 libcudnn.so.9 li…
  \\x1b[31mred\\x1b[0m
`);
});

test("a workbench that is up to date, and one that went back", () => {
  expect(renderUpgrade(terminal(80), outcome({ kind: "current", name: "lab", side: TO }))).toBe(
    `= lab runs v2.7.1 already  ${REPOSITORY}:v2.7\n`,
  );
  const turned = outcome({
    kind: "aborted",
    ...SIDES,
    from: TO,
    to: FROM,
    side: FROM,
    other: TO.container,
    uses: USES,
  });
  expect(renderUpgrade(PIPE, turned)).toMatch(/^lab is back at v2\.7\.0\nlab-v2\.7\.1 is left alone\n/);
  const early = outcome({ kind: "aborted", ...SIDES, side: FROM, other: TO.container, uses: [] });
  expect(renderUpgrade(PIPE, early)).toBe("lab is back at v2.7.0\n");
});

test("the status: every container, what it is, who works in it", () => {
  const status = outcome({
    kind: "status",
    name: "lab",
    engine: "podman",
    upgrade: { ...SIDES, step: "drain", startedAt: 1, why: null },
    containers: [
      { container: "lab-v2.7.1", version: "v2.7.1", image: TO.image, role: "current", running: true, uses: [] },
      { container: "lab", version: "v2.7.0", image: FROM.image, role: "old", running: true, uses: USES },
      { container: "lab-door", version: "v2.7.1", image: TO.image, role: "door", running: false, uses: [] },
    ],
  });
  expect(renderUpgrade(terminal(80), status)).toBe(`… lab  v2.7.0 → v2.7.1: waiting until nobody works in the old one
  in place  lab-v2.7.1  v2.7.1  runs     nobody
  old       lab         v2.7.0  runs     1 kernel, 2 SSH logins
  door      lab-door            stopped
  JupyterLab  is at port 8888
  SSH         is at 127.0.0.1:2223
  until it is gone the old one keeps 2222, which will lead to the new one then
lab
  kernel     python3 0d2ad25c, busy  40
  SSH login  sshd: ada [priv]        60
  SSH login  sshd: bob [priv]        61
`);
});

test("a plan is commands, and --print is nothing else", () => {
  const plan = outcome({ kind: "planned", ...SIDES, ports: [], commands: [["podman", "run", "--env", "A=b c", "x"]] });
  expect(renderUpgrade(PIPE, plan)).toBe(
    "lab would go from v2.7.0 to v2.7.1  lab-v2.7.1\n  podman run --env 'A=b c' x\n",
  );
  expect(renderCommands(terminal(80), plan)).toBe("podman run --env 'A=b c' x\n");
});

describe("a step", () => {
  const events: readonly UpgradeEvent[] = [
    { kind: "pulling", image: TO.image },
    { kind: "resumed", step: "drain", damaged: true },
    { kind: "pulled", version: "v2.7.1", pinned: TO.pinned },
    { kind: "started", container: "lab-v2.7.1" },
    { kind: "healthy", container: "lab-v2.7.1" },
    { kind: "unhealthy", container: "lab-v2.7.1", why: "Jupyter did not answer after 180 s" },
    { kind: "switched", ports: [], from: "lab", to: "lab-v2.7.1" },
    { kind: "waiting", container: "lab", uses: USES },
    { kind: "overdue", container: "lab", uses: USES, seconds: 43_200 },
    { kind: "stopping", container: "lab" },
    { kind: "refused", ports: [8888] },
    { kind: "removed", container: "lab" },
    { kind: "kept", container: "lab", files: ["/root/a"] },
  ];

  test("is one line when it is done, and nothing where there is nothing to say", () => {
    expect(events.map((event) => stepLine(terminal(100), event) ?? "").join(""))
      .toBe(`• going on with waiting until nobody works in the old one  the journal's last entry was damaged
✓ pulled v2.7.1  ${REPOSITORY}@sha256:bb
✓ started lab-v2.7.1  beside the old one
✓ lab-v2.7.1 is healthy
✗ lab-v2.7.1 is not fit: Jupyter did not answer after 180 s
✓ new connections go to lab-v2.7.1  those that stand stay with lab
… lab is left alone: 1 kernel, 2 SSH logins
! lab is still in use after 12 hours: 1 kernel, 2 SSH logins  it stays
! port 8888 is somebody else's  the door takes it as soon as it is free
✓ removed lab  nobody worked in it
• stopped lab, and kept it: 1 file in it alone
`);
  });

  test("says on a terminal what goes on meanwhile", () => {
    const during = new Set(events.map(waitingWords));
    expect(during).toContain(`pulling ${TO.image}`);
    expect(during).toContain("waiting until it is healthy");
    expect(during).toContain("waiting for 1 kernel, 2 SSH logins (Ctrl-C is safe)");
  });
});
