import type { Verb } from "../verb.ts";

export function hooksVerb(verb: Verb): Verb {
  verb
    .description("check messages, conflict markers and pushes to release lines, from git's own hooks")
    .examples("morello hooks install", "morello hooks uninstall");
  verb
    .verb("install")
    .description("put checks into commit-msg, pre-commit and pre-push; hooks that are there stay")
    .does(async (session) => {
      const [{ installHooks }, { renderHooks }] = await load();
      session.show(await installHooks(session.deps), renderHooks);
      return 0;
    });
  verb
    .verb("uninstall")
    .description("take them out again, and nothing else")
    .does(async (session) => {
      const [{ uninstallHooks }, { renderHooks }] = await load();
      session.show(await uninstallHooks(session.deps), renderHooks);
      return 0;
    });
  return verb;
}

function load() {
  return Promise.all([import("../../usecase/hooks/hooks.ts"), import("../render/hooks.ts")]);
}
