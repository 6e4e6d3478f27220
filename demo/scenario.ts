// A scenario is a repository and the commands that a person would type in it.
import type { Project } from "./project.ts";

export interface Step {
  /** One or two sentences before the command. */
  readonly say: string;
  /** As typed; the first word is `git` or `morello`. */
  readonly command: readonly string[];
  /** The exit status it must end with. */
  readonly status?: number;
  /** Something that the output must hold; a demo that shows something else has failed. */
  readonly shows?: RegExp;
  /** What a person would do before the command, in an editor. */
  readonly edit?: (project: Project) => string;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly build: (project: Project) => readonly Step[];
}
