import type { DownloadProgress, FileBytes, FileSource } from "./file-source";

/** A file whose place follows from that of another file, which is not known before it is looked up. */
export class DerivedFile implements FileSource {
  /**
   * @param locate looks up the other file
   * @param derive returns this file, given the other one
   */
  constructor(
    private readonly locate: (signal: AbortSignal) => Promise<FileSource>,
    private readonly derive: (located: FileSource) => FileSource,
  ) {}

  async open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes> {
    return this.derive(await this.locate(signal)).open(after, signal);
  }

  sibling(suffix: string): FileSource {
    return this.then((file) => file.sibling(suffix));
  }

  beside(path: string): FileSource {
    return this.then((file) => file.beside(path));
  }

  within(path: string): FileSource {
    return this.then((file) => file.within(path));
  }

  private then(next: (file: FileSource) => FileSource): FileSource {
    return new DerivedFile(this.locate, (located) => next(this.derive(located)));
  }
}
