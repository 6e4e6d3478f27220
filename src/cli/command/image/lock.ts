import { Option } from "commander";
import type { Verb } from "../../verb.ts";

interface Flags {
  readonly check: boolean;
  readonly online: boolean;
  readonly offline: boolean;
  /** False without the flag, true without names. */
  readonly update: boolean | readonly string[];
}

const HOW = `Debian packages are resolved by apt and Python packages by pip, both in places of their own: the host's settings do
not count. Versions that are locked already stay while they can; --update lets them move.`;

export function imageLockVerb(verb: Verb): Verb {
  return verb
    .description("resolve what image.environment of morello.yaml asks for, and write morello.lock")
    .option("--check", "write nothing: exit with 1 where morello.lock is not what morello.yaml asks for", false)
    .option("--online", "with --check: ask archives, indexes and registries whether all of it is still there", false)
    .option("--offline", "take package lists from the cache; ask no archive", false)
    .addOption(
      new Option("--update [name...]", "let these packages move to newer versions; all, without names").default(
        false,
        "",
      ),
    )
    .examples(
      "morello image lock",
      "morello image lock --update numpy tmux",
      "morello image lock --check                 in CI: asks nobody",
    )
    .addHelpText("after", `\n${HOW}`)
    .does<Flags>(async (session, _operands, flags) => {
      const { runImageLock } = await import("../../run/image/lock.ts");
      return runImageLock(session, flags);
    });
}
