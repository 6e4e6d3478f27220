import { expect, test } from "vitest";
import { makeSandbox } from "../support/sandbox.ts";
import { contextOf, landed, pickedStory, verified, write } from "./setting.ts";

for (const format of ["sha1", "sha256"] as const) {
  test(`a log that nobody touched holds, in a repository of ${format}`, async () => {
    const repository = await pickedStory(3, format).create(makeSandbox());
    const context = await contextOf(repository);
    await write(context, repository, [await landed(repository, 1), await landed(repository, 2)]);
    await write(context, repository, [await landed(repository, 3)]);
    const report = await verified(repository);
    expect(report).toMatchObject({ records: 4, signed: 0, findings: [], more: 0, repository: repository.oid("base") });
  });
}
