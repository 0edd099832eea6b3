import type { Readable } from "node:stream";

/** How far a download has come, and of which content: what a source needs to resume it. */
export interface DownloadProgress {
  readonly bytes: number;
  /** The source's identifier of the content, such as an ETag. */
  readonly tag: string;
}

/** The bytes of a file that is being read. */
export interface FileBytes {
  readonly stream: Readable;
  /** Where in the file they start: after the earlier progress, or at 0 if the source cannot resume. */
  readonly start: number;
  /** Size of the whole file in bytes, if the source reports it. */
  readonly size?: number;
  /** Identifies exactly this content; undefined if a download cannot be resumed. */
  readonly tag?: string;
}

/** A file at its source. */
export interface FileSource {
  /** @param after the earlier progress; the download resumes there if the content is still the same */
  open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes>;
  /** The file next to this one whose name has a suffix. */
  sibling(suffix: string): FileSource;
  /** The file at a relative path in the folder of this one. */
  beside(path: string): FileSource;
  /** The file at a relative path in this one, which is a folder. */
  within(path: string): FileSource;
  /** The names of the files in this folder; absent if the source cannot list any. */
  names?(signal: AbortSignal): Promise<readonly string[]>;
}

/** The status of a file that does not exist. */
export const NOT_FOUND = 404;

/** A permanent error of the source: the file does not exist, or access is denied. A retry would fail as well. */
export class SourceError extends Error {
  constructor(
    message: string,
    /** HTTP status, if the source is a server. A file that does not exist has `NOT_FOUND` at every source. */
    readonly status?: number,
  ) {
    super(message);
    this.name = "SourceError";
  }
}

/** There is a folder, and not a file. */
export class FolderError extends SourceError {
  constructor() {
    super("it is a folder", NOT_FOUND);
  }
}
