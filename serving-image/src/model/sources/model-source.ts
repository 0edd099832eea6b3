import { text } from "node:stream/consumers";
import { DerivedFile } from "./derived-file";
import {
  type DownloadProgress,
  type FileBytes,
  type FileSource,
  FolderError,
  NOT_FOUND,
  SourceError,
} from "./file-source";
import { onnxFileOf } from "./mlmodel";

const MODEL_FILE = "model.onnx";
const MLMODEL = "MLmodel";
/** Longer descriptions of models are not read. */
const MAX_MLMODEL_BYTES = 2 ** 20;
const SHOWN_NAMES = 10;

/** The model at a URI, which names its file or the folder that contains it. */
export class ModelSource implements FileSource {
  /** Known once the model was opened. */
  private file: FileSource | undefined;

  /** @param isFolder whether it is known to be a folder, as a URI that ends with a slash is */
  constructor(
    private readonly uri: FileSource,
    private readonly isFolder = false,
  ) {}

  async open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes> {
    if (this.file) return this.file.open(after, signal);
    const { file, bytes } = await this.find(after, signal);
    this.file = file;
    return bytes;
  }

  sibling(suffix: string): FileSource {
    return this.derived((file) => file.sibling(suffix));
  }

  beside(path: string): FileSource {
    return this.derived((file) => file.beside(path));
  }

  within(path: string): FileSource {
    return this.uri.within(path);
  }

  private derived(derive: (file: FileSource) => FileSource): FileSource {
    return new DerivedFile(async (signal) => {
      if (this.file) return this.file;
      const { file, bytes } = await this.find(undefined, signal);
      bytes.stream.destroy();
      return (this.file = file);
    }, derive);
  }

  private async find(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FoundModel> {
    let missing: unknown;
    if (!this.isFolder) {
      try {
        return { file: this.uri, bytes: await this.uri.open(after, signal) };
      } catch (error) {
        if (!isMissing(error)) throw error;
        missing = error;
      }
    }
    const file = await this.fileInFolder(signal, missing);
    const bytes = await file.open(after, signal).catch((error: unknown) => {
      throw isMissing(error)
        ? new SourceError(`it is a folder that cannot be listed, and has no ${MODEL_FILE}`)
        : error;
    });
    return { file, bytes };
  }

  /** @param missing why there is no file at the URI, which may also not be a folder */
  private async fileInFolder(signal: AbortSignal, missing: unknown): Promise<FileSource> {
    const described = await this.describedFile(signal);
    if (described !== undefined) return this.uri.within(described);
    const names = await this.listed(signal);
    const isPerhapsNothing = missing !== undefined && !(missing instanceof FolderError);
    if (isPerhapsNothing && (names === undefined || names.length === 0)) throw missing;
    return this.uri.within(names === undefined ? MODEL_FILE : chosenOf(names));
  }

  /** The file that the description of an MLflow model names, if the folder is one. */
  private async describedFile(signal: AbortSignal): Promise<string | undefined> {
    try {
      const { stream, size = 0 } = await this.uri.within(MLMODEL).open(undefined, signal);
      if (size <= MAX_MLMODEL_BYTES) return onnxFileOf(await text(stream));
      stream.destroy();
      return undefined;
    } catch (error) {
      if (error instanceof SourceError) return undefined;
      throw error;
    }
  }

  /** The files in the folder; undefined if they may not be listed, although reading one may be allowed. */
  private async listed(signal: AbortSignal): Promise<readonly string[] | undefined> {
    try {
      return await this.uri.names?.(signal);
    } catch (error) {
      if (error instanceof SourceError) return undefined;
      throw error;
    }
  }
}

interface FoundModel {
  readonly file: FileSource;
  readonly bytes: FileBytes;
}

function isMissing(error: unknown): boolean {
  return error instanceof SourceError && error.status === NOT_FOUND;
}

function chosenOf(names: readonly string[]): string {
  if (names.includes(MODEL_FILE)) return MODEL_FILE;
  const models = names.filter((name) => /\.onnx$/i.test(name));
  const [only] = models;
  if (only !== undefined && models.length === 1) return only;
  const shown = names.slice(0, SHOWN_NAMES).join(", ") + (names.length > SHOWN_NAMES ? ", …" : "");
  if (models.length > 1)
    throw new SourceError(`it is a folder with several models (${models.join(", ")}); name one of them`);
  throw new SourceError(`it is a folder without a file *.onnx; it contains ${shown || "no files"}`);
}
