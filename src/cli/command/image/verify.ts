import { Option } from "commander";
import type { Verb } from "../../verb.ts";
import { startsContainers, type ImageVerifyFlags } from "./container-options.ts";

const HOW = `First what proves the image (the ledger has its digest), then what it answers: a container is started, asked, and always
removed. Without --probes, workbench images answer for JupyterLab, SSH, terminals and PyTorch: docs/guide/probes.md`;

export function imageVerifyVerb(verb: Verb): Verb {
  return startsContainers(verb)
    .description("prove an image, and ask it whether it works; exits with 1 when anything does not hold")
    .argument("<image>", "registry.example.com/team/app:v2.7.1, app@sha256:…, or oci:DIR:TAG")
    .addOption(new Option("--probes <file>", "a manifest of probes, as container-canary has them").default(true, ""))
    .addOption(new Option("--no-probes", "only what proves it; nothing is started"))
    .option("--compute", "let probes take memory of the GPUs, too", false)
    .examples(
      "morello image verify registry.example.com/pytorch-cuda:v2.7.1",
      "morello image verify oci:build:v2.7.1 --gpus none --json",
      "morello image verify app:v1 --probes probes.yaml",
    )
    .addHelpText("after", `\n${HOW}`)
    .does<ImageVerifyFlags>(async (session, [image = ""], flags) => {
      const { runImageVerify } = await import("../../run/image/verify.ts");
      return runImageVerify(session, image, flags);
    });
}
