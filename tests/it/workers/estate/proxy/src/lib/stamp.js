export function stamp(path) {
  return path.split("/").filter(Boolean).join("-").toUpperCase() || "ROOT";
}
