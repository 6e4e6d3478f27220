// An image that was made: its digest, what lies under it, the proof, its names, and what travelled.
import type { WrittenAttestation } from "../../../wire/image/attestation.ts";
import type {
  EnvironmentReport,
  ImageBuildOutcome,
  ImageTag,
  PlatformImage,
  VariantImage,
} from "../../../wire/image/build.ts";
import { cleaned } from "../clean.ts";
import { count, paint, symbol, type View } from "../view.ts";
import { wrap } from "../width.ts";
import { bytes } from "./bytes.ts";

export function renderImageBuild(view: View, found: ImageBuildOutcome): string {
  const outcome = cleaned(found);
  return (view.plain ? plain(outcome) : shown(view, outcome)).map((line) => `${line}\n`).join("");
}

function shown(view: View, outcome: ImageBuildOutcome): string[] {
  const { images, notices, transfer } = outcome;
  const done = outcome.kind === "built";
  return [
    ...images.flatMap((image) => variantLines(view, outcome, image)),
    fact(view, done ? "sent" : "to send", sentence(transfer)),
    ...recordLines(view, outcome),
    ...attestedLines(view, outcome),
    ...notices.flatMap((notice) => noticeLines(view, notice)),
  ];
}

function variantLines(view: View, outcome: ImageBuildOutcome, image: VariantImage): string[] {
  const mark =
    outcome.kind === "built" ? paint(view, "good", symbol(view, "good")) : paint(view, "name", symbol(view, "note"));
  const name = `${outcome.version}${image.variant === null ? "" : ` ${image.variant}`}`;
  const head = `${mark} ${paint(view, "strong", name)} ${symbol(view, "arrow")} ${outcome.output}`;
  return [
    head,
    fact(view, "digest", image.digest),
    ...image.platforms.flatMap((platform) => platformLines(view, platform, image.platforms.length > 1)),
    ...tagLines(view, image.tags),
  ];
}

function platformLines(view: View, image: PlatformImage, several: boolean): string[] {
  const { layers, environment, proof } = image;
  const own = layers.filter(({ role }) => role !== "environment");
  const below = layers.length - own.length;
  const size = own.reduce((sum, layer) => sum + layer.size, 0);
  const source =
    environment.release === null
      ? `the whole source, ${bytes(size)}, on ${count(below, "layer")} of environment`
      : own.length === 0
        ? `nothing differs from ${environment.release}`
        : `what differs from ${environment.release}, ${bytes(size)}, on its ${count(below, "layer")}`;
  return [
    ...(several ? [fact(view, "platform", `${image.platform}  ${image.digest}`)] : []),
    fact(view, "source", source),
    ...wrapped(view, "under it", environmentText(environment)),
    fact(view, "proof", `${count(proof.paths, "path")}, each as a build from scratch would have it`),
  ];
}

/** How the environment was found, and why it is not the one of the release before. */
function environmentText({ release, found, store, engine, differs, rebuilt }: EnvironmentReport): string {
  const how = {
    ledger: `the image on record for ${release}, in ${store}`,
    adopted: `the image adopted for ${release}, in ${store}`,
    tag: `the image of ${release} in ${store}`,
    computed: "nothing is installed: made from git and the base alone",
    built: `built by ${engine === null ? "an engine" : `${engine.name} ${engine.version}`}`,
  }[found];
  const why = differs === null ? "" : `; another environment than ${differs.from}: ${differs.parts.join(", ")}`;
  return `${how}${rebuilt ? ", made anew and the same" : ""}${why}`;
}

const STATES: Readonly<Record<ImageTag["state"], string>> = {
  created: "new",
  moved: "moved",
  there: "there already",
  kept: "stays with a newer version",
};

function tagLines(view: View, tags: readonly ImageTag[]): string[] {
  const states = ["created", "moved", "there", "kept"] as const;
  const said = states.flatMap((state) => {
    const names = tags.filter((tag) => tag.state === state).map(({ tag }) => tag);
    return names.length === 0 ? [] : [`${names.join(", ")} (${STATES[state]})`];
  });
  return said.length === 0 ? [] : wrapped(view, "tags", said.join(", "));
}

function sentence({ blobs, bytes: size, thereBlobs, thereBytes }: ImageBuildOutcome["transfer"]): string {
  const there = thereBlobs === 0 ? "" : `; ${count(thereBlobs, "blob")}, ${bytes(thereBytes)}, there already`;
  return `${count(blobs, "blob")}, ${bytes(size)}${there}`;
}

function recordLines(view: View, outcome: ImageBuildOutcome): string[] {
  if (outcome.kind !== "built" || outcome.recorded === null) return [];
  const { appended, reason, warning, firstUse, key } = outcome.recorded;
  const said = reason ?? (appended === 0 ? "on record already" : count(appended, "record"));
  return [
    ...wrapped(view, "ledger", said),
    ...(firstUse ? noticeLines(view, `the ledger begins: ${key ?? ""} is its root key, trusted on first use`) : []),
    ...(warning === null ? [] : noticeLines(view, warning)),
  ];
}

function attestedLines(view: View, outcome: ImageBuildOutcome): string[] {
  const said = outcome.kind === "built" ? attested(outcome.attestations) : null;
  return said === null ? [] : wrapped(view, "beside", said);
}

/** Null: nothing was attached. */
function attested(written: readonly WrittenAttestation[]): string | null {
  const [first] = written;
  if (first === undefined) return null;
  const kinds = [...new Set(written.map(({ attestation }) => attestation))].join(", ");
  const size = bytes(written.reduce((sum, each) => sum + each.bytes, 0));
  return `${kinds}: ${size}, ${first.signedBy === null ? "not signed" : `signed by ${first.signedBy}`}`;
}

function noticeLines(view: View, notice: string): string[] {
  const mark = paint(view, "warn", symbol(view, "refused"));
  return wrap(notice, view.width - 2).map((row, n) => (n === 0 ? `${mark} ${row}` : `  ${row}`));
}

const LABEL_WIDTH = 8;

function fact(view: View, label: string, text: string): string {
  return `  ${paint(view, "quiet", label.padEnd(LABEL_WIDTH))}  ${text}`;
}

function wrapped(view: View, label: string, text: string): string[] {
  const rows = wrap(text, view.width - LABEL_WIDTH - 4);
  return rows.map((row, n) => fact(view, n === 0 ? label : "", row));
}

function plain(outcome: ImageBuildOutcome): string[] {
  const { version, output, transfer, notices, images } = outcome;
  const would = outcome.kind === "built" ? "" : "would be ";
  return [
    ...images.flatMap((image) => {
      const name = image.variant === null ? version : `${version} ${image.variant}`;
      return [
        `${name}: ${would}${image.digest} in ${output}`,
        ...image.platforms.flatMap(({ platform, layers, environment, proof }) => [
          ...layers.map((layer) => `${name}: ${platform}: layer ${layer.digest} ${layer.size} ${layer.role}`),
          `${name}: ${platform}: environment: ${environmentText(environment)}`,
          `${name}: ${platform}: proof: ${proof.image} of ${proof.paths} paths`,
        ]),
        ...image.tags.map(({ tag, state }) => `${name}: tag ${tag}: ${STATES[state]}`),
      ];
    }),
    `${version}: ${outcome.kind === "built" ? "sent" : "to send"}: ${transfer.blobs} blobs, ${transfer.bytes} bytes`,
    ...(outcome.kind === "built" && outcome.recorded !== null
      ? [`${version}: ledger: ${outcome.recorded.reason ?? `${outcome.recorded.appended} appended`}`]
      : []),
    ...(outcome.kind === "built" ? plainAttested(version, outcome.attestations) : []),
    ...notices.map((notice) => `note: ${notice}`),
  ];
}

function plainAttested(version: string, written: readonly WrittenAttestation[]): string[] {
  const said = attested(written);
  return said === null ? [] : [`${version}: beside it: ${said}`];
}
