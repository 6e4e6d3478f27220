// Whether CUDA is there for a container, as the `cuda-why` in its image tells: it looks at files and devices and allocates
// nothing, so that a job on the same GPU is not disturbed.
import { isMissing, type Containers } from "./containers.ts";

/** `unknown`: the image has no `cuda-why`, or the container does not run. */
export type CudaView = { readonly kind: "there" | "unknown" } | { readonly kind: "missing"; readonly why: string };

export async function cudaView(containers: Containers, name: string): Promise<CudaView> {
  const { status, stdout, stderr } = await containers.inside(name, ["cuda-why"]);
  if (isMissing(status, stderr) || status === 125 || status === 126 || status === 255) return { kind: "unknown" };
  const said = `${stdout.toString("utf8")}${stderr}`.trim().split("\n")[0] ?? "";
  if (status === 0 && said === "") return { kind: "there" };
  return { kind: "missing", why: said === "" ? `cuda-why: exit status ${status}` : said };
}

const COMPUTE = `import torch
x = torch.ones(64, 64, device="cuda")
assert float((x @ x)[0, 0]) == 64.0`;

/** Computes on the GPU, for those who asked for it: some hundred megabytes of its memory for a second. Null: it can. */
export async function computeComplaint(containers: Containers, name: string): Promise<string | null> {
  const { status, stderr } = await containers.inside(name, ["python3", "-c", COMPUTE]);
  return status === 0 ? null : (stderr.trim().split("\n").at(-1) ?? `exit status ${status}`);
}
