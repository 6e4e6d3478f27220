// When names of Go's standard library came in.

/** The Go version that brought a package or a name of one, as 100 + minor; null if it was there from the start or is unknown. */
export function sinceVersion(_module: string, _name: string | null): number | null {
  return null;
}
