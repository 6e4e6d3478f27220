import { Option } from "commander";
import type { Verb } from "../../verb.ts";

const HOW = `Names every difference with its cause and a line that removes it: times, logs, caches, host keys, bytecode, packages
of other versions, the order and compression of layers, the configuration. Exits with 1 when a container could tell the
images apart, and with 0 when it could not. All causes: docs/guide/image-diff.md`;

export function imageDiffVerb(verb: Verb): Verb {
  return verb
    .description("say why two images differ, and what to do about it")
    .argument("<a>", "registry.example.com/team/app:v2.7.1, app@sha256:…, or oci:DIR:TAG")
    .argument("<b>", "the other one")
    .addOption(new Option("--platform <platform>", "which of an index, such as linux/amd64").default(null, ""))
    .examples(
      "morello image diff registry.example.com/app:v2.7.0 registry.example.com/app:v2.7.1",
      "morello image diff oci:first oci:second --json",
    )
    .addHelpText("after", `\n${HOW}`)
    .does<{ readonly platform: string | null }>(async (session, [a = "", b = ""], { platform }) => {
      const { runImageDiff } = await import("../../run/image/diff.ts");
      return runImageDiff(session, { a, b, platform });
    });
}
