// Writes the reference pages and schemas: npm run generate. A test holds the committed files to what this writes.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles, GENERATED_FOLDERS } from "./reference/files.ts";

const files = await generatedFiles();
for (const folder of GENERATED_FOLDERS) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!files.has(`${folder}/${name}`)) rmSync(join(folder, name));
}
for (const [path, text] of files) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(path);
}
