import { text } from "node:stream/consumers";
import { DerivedFile } from "./derived-file";
import { type DownloadProgress, type FileBytes, type FileSource, SourceError } from "./file-source";
import { encodePath, HttpFile } from "./http-file";
import { mlflowAuthorization, mlflowUrl } from "./mlflow-api";
import { isMlflowName, locationOf } from "./mlflow-location";
import { ModelSource } from "./model-source";
import { keyBeside, keyWithin } from "./object-key";

const ARTIFACTS = /^mlflow-artifacts:(?:\/\/[^/]+)?\/(.+)$/;
/** A name may lead to another one, such as that of the model that a run has logged. */
const MAX_NAMES = 5;

/**
 * A model that MLflow knows by a name, or a file or folder of its artifacts: `mlflow-artifacts:/path`. The name is looked up
 * once, so that all files are of the same version.
 */
export class MlflowModel implements FileSource {
  private located: FileSource | undefined;

  /** @param sourceOf opens the other stores in which a model may be */
  constructor(
    private readonly uri: string,
    private readonly sourceOf: (uri: string) => FileSource,
  ) {}

  async open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes> {
    return (await this.model(signal)).open(after, signal);
  }

  sibling(suffix: string): FileSource {
    return this.derived((model) => model.sibling(suffix));
  }

  beside(path: string): FileSource {
    return this.derived((model) => model.beside(path));
  }

  within(path: string): FileSource {
    return this.derived((model) => model.within(path));
  }

  private derived(derive: (model: FileSource) => FileSource): FileSource {
    return new DerivedFile((signal) => this.model(signal), derive);
  }

  private async model(signal: AbortSignal): Promise<FileSource> {
    return (this.located ??= await this.locate(signal));
  }

  private async locate(signal: AbortSignal): Promise<FileSource> {
    let [uri, path] = [this.uri, undefined as string | undefined];
    for (let names = 0; isMlflowName(uri); names++) {
      if (names === MAX_NAMES) throw new SourceError(`MLflow's names for it lead in a circle, at ${uri}`);
      const location = await locationOf(uri, signal);
      if (location.path !== undefined) path = path === undefined ? location.path : `${location.path}/${path}`;
      uri = location.folder;
    }
    const [, artifactPath] = ARTIFACTS.exec(uri) ?? [];
    const folder = artifactPath === undefined ? this.sourceOf(uri) : new MlflowArtifact(artifactPath);
    if (path !== undefined) return new ModelSource(folder.within(path));
    // What a name stands for is a folder, unless somebody registered a file under it.
    return new ModelSource(folder, isMlflowName(this.uri) && !uri.endsWith(".onnx"));
  }
}

/** A file or a folder of the artifacts that the MLflow server itself serves. */
class MlflowArtifact implements FileSource {
  constructor(private readonly path: string) {}

  open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes> {
    return fileAt(`/${encodePath(this.path)}`).open(after, signal);
  }

  sibling(suffix: string): FileSource {
    return new MlflowArtifact(this.path + suffix);
  }

  beside(path: string): FileSource {
    return new MlflowArtifact(keyBeside(this.path, path));
  }

  within(path: string): FileSource {
    return new MlflowArtifact(keyWithin(this.path, path));
  }

  async names(signal: AbortSignal): Promise<readonly string[]> {
    const { stream } = await fileAt(`?${new URLSearchParams({ path: this.path })}`).open(undefined, signal);
    const { files = [] }: { files?: readonly { path: string; is_dir?: boolean }[] } = JSON.parse(await text(stream));
    return files.filter((file) => !file.is_dir).map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
  }
}

function fileAt(pathAndQuery: string): FileSource {
  return new HttpFile(mlflowUrl(`mlflow-artifacts/artifacts${pathAndQuery}`), mlflowAuthorization());
}
