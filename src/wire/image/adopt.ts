// What became of `morello image adopt`: an image built elsewhere, compared with a tag's tree.
import { z } from "zod";
import { ImageRecorded } from "./build.ts";

const About = {
  /** Git's tag. */
  tag: z.string(),
  variant: z.string().nullable(),
  /** Of the index or manifest that was named. */
  digest: z.string(),
  /** Where it is, without tag and digest. */
  reference: z.string(),
  /** Where the source stands in the image. */
  path: z.string(),
  /** Files compared on each platform. */
  files: z.int().min(0),
};

export const ImageDifference = z.strictObject({
  platform: z.string(),
  /** In the image; quoted as git does. */
  path: z.string(),
  /** What is wrong with what the image has there. */
  what: z.string(),
});
export type ImageDifference = z.infer<typeof ImageDifference>;

export const ImageAdoptOutcome = z.discriminatedUnion("kind", [
  /** The image holds the tag's tree, and stands on record as the release's. */
  z.strictObject({ kind: z.literal("adopted"), ...About, recorded: ImageRecorded, notices: z.array(z.string()) }),
  /** A dry run: it would be. */
  z.strictObject({ kind: z.literal("same"), ...About }),
  /** It does not hold the tag's tree; nothing was recorded. */
  z.strictObject({ kind: z.literal("different"), ...About, differences: z.array(ImageDifference) }),
]);
export type ImageAdoptOutcome = z.infer<typeof ImageAdoptOutcome>;
