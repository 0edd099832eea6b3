import type { Readable } from "node:stream";

/** How far a file has come, and which one it was: what a source needs to go on from there. */
export interface Progress {
  readonly bytes: number;
  /** What the source called the file's content, such as an ETag. */
  readonly tag: string;
}

/** The bytes of a file on their way here. */
export interface FileBytes {
  readonly stream: Readable;
  /** Where in the file they begin: after what had come already, or at 0 where the source does not go on from there. */
  readonly start: number;
  /** Size of the whole file in bytes as the source tells it, if it does. */
  readonly size?: number;
  /** Stands for exactly this content; absent where reading it can only begin anew. */
  readonly tag?: string;
}

/** Where a file lies, and how it is read. */
export interface FileSource {
  /** @param after what of the file has come already; it is gone on from there if the file is still the same */
  open(after: Progress | undefined, signal: AbortSignal): Promise<FileBytes>;
  /** The file that lies beside it, and has something behind its name. */
  beside(suffix: string): FileSource;
}

/** The source has answered, and would answer the same again: the file is not there, or nobody may read it. */
export class SourceRefusal extends Error {
  constructor(
    message: string,
    /** Status of its answer, where the source is a server. */
    readonly status?: number,
  ) {
    super(message);
    this.name = "SourceRefusal";
  }
}
