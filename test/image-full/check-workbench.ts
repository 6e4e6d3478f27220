// Whether a workbench image answers all that it is asked, by `morello image verify` itself.
import { expect } from "vitest";
import { morello } from "../support/cli.ts";
import type { Containers } from "../support/containers.ts";
import type { Sandbox } from "../support/sandbox.ts";

/** Gives what was said, one line a result. The engine has the image, or can pull it. */
export async function checkWorkbench(sandbox: Sandbox, engines: Containers, image: string): Promise<string> {
  const words = ["image", "verify", image, "--network", "bridge", "--gpus", "none"];
  const done = await morello(sandbox, words, { env: engines.env });
  expect(done.status, `${done.stdout}${done.stderr}`).toBe(0);
  return done.stdout;
}
