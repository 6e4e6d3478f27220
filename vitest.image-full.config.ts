// `npm run test:image:full`: an image of the size that people have, built, pushed, patched and started, with what it cost.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/image-full/*.full.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    testTimeout: 5_400_000,
    hookTimeout: 300_000,
  },
});
