// Where a line's verify command runs with `--container`: in the image of the line's last tag.
import { basename, dirname } from "node:path";
import { containerCommands, findEngine, imageId, type ContainerCommands } from "../../image/engine.ts";
import { isAppError } from "../../error.ts";
import type { Line } from "../../wire/line.ts";
import type { Workspace } from "../workspace.ts";

export interface Place {
  readonly kind: "image";
  /** `registry.example/team/app:v2.7.1` */
  readonly image: string;
  /** What the engine calls it by: another image under the same name is another one. */
  readonly id: string;
  readonly commands: (
    directory: string,
    command: string,
    variables: Readonly<Record<string, string>>,
  ) => ContainerCommands;
}

export interface Containers {
  placeOf(line: Line): Promise<Place | { readonly kind: "none"; readonly reason: string }>;
}

/** Throws `engine-missing`. */
export function containersOf({ environment, cwd }: Workspace): Containers {
  const engine = findEngine(environment);
  return {
    placeOf: async ({ image: repository, lastTag }) => {
      if (repository === null) return { kind: "none", reason: "the line has no image in morello.yaml" };
      if (lastTag === null) return { kind: "none", reason: "the line has no tag yet, which its image would have" };
      const image = `${repository}:${lastTag}`;
      try {
        const id = await imageId(engine, image, environment, cwd);
        const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
        return {
          kind: "image",
          image,
          id,
          commands: (directory, command, variables) => {
            const name = basename(dirname(directory)); // of the temporary directory, so nobody else's
            return containerCommands(engine, { image: id, name, directory, variables, command, user });
          },
        };
      } catch (error) {
        if (!isAppError(error, "engine-failed")) throw error;
        return { kind: "none", reason: error.message };
      }
    },
  };
}
