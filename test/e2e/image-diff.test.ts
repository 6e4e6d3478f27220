// `morello image diff` as a person or a script calls it: on layouts and on a real registry.
import { expect, test } from "vitest";
import { ImageDiffOutcome } from "../../src/wire/image/diff.ts";
import { file, image, type ImageInput } from "../image/diff/images.ts";
import { morello } from "../support/cli.ts";
import { finished } from "../support/process.ts";
import { registryServer } from "../support/registry.ts";
import { makeSandbox } from "../support/sandbox.ts";

const IMAGE: ImageInput = { layers: [[file("etc/motd", "hello\n")], [file("opt/app/main.py", "print(1)\n")]] };
const PATCHED: ImageInput = { layers: [IMAGE.layers[0]!, [file("opt/app/main.py", "print(2)\n")]] };

test("images that differ are told apart, with exit status 1 and an outcome that fits its schema", async () => {
  const sandbox = makeSandbox();
  const [a, b] = [await image(sandbox, "a", IMAGE), await image(sandbox, "b", PATCHED)];
  const said = await morello(sandbox, ["image", "diff", a, b]);
  expect(said.status).toBe(1);
  expect(said.stdout).toContain("text\topt/app/main.py\tprint(1)\tprint(2)\n");
  const json = await morello(sandbox, ["image", "diff", a, b, "--json"]);
  const outcome = ImageDiffOutcome.parse(JSON.parse(json.stdout));
  expect(outcome).toMatchObject({ verdict: "different", causes: [{ cause: "text", seen: true }] });
});

test("an image in a registry is the image that was copied there, and needs no other than its digest", async () => {
  const sandbox = makeSandbox();
  const registry = await registryServer(sandbox);
  const local = await image(sandbox, "a", IMAGE);
  const there = `${registry.host}/team/app:v1`;
  const policy = sandbox.write("policy.json", JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  const copied = await finished(
    "skopeo",
    ["--policy", policy, "copy", "--quiet", "--dest-tls-verify=false", local, `docker://${there}`],
    { cwd: sandbox.root, env: sandbox.env },
  );
  expect(copied.stderr.toString()).toBe("");
  const said = await morello(sandbox, ["image", "diff", local, there]);
  expect(said.stdout).toBe("The images are the same: one manifest\n");
  expect(said.status).toBe(0);
});

test.each([
  [["oci:nowhere", "oci:nowhere"], 3],
  [["not an image", "oci:a:t"], 2],
  [["oci:a:t", "oci:a:other"], 3],
  [["oci:a:t", "oci:a:t", "--platform", "linux/arm64"], 3],
  [["oci:a:t"], 2],
])("what cannot be compared is an error that says why: %j", async (args, status) => {
  const sandbox = makeSandbox();
  await image(sandbox, "a", IMAGE);
  const said = await morello(sandbox, ["image", "diff", ...args]);
  expect(said.stderr).toMatch(/^error: /);
  expect(said.status).toBe(status);
  expect(said.stdout).toBe("");
});
