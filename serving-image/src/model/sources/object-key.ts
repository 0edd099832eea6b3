/** The key of an object in the same folder as another. */
export function keyBeside(key: string, path: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1) + path;
}

/** The key of an object in the folder with a key; `""` is the whole bucket. */
export function keyWithin(folder: string, path: string): string {
  return prefixOf(folder) + path;
}

/** The prefix of the keys of all objects in a folder. */
export function prefixOf(folder: string): string {
  return folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
}
