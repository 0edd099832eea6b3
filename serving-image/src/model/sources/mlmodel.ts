/**
 * The file of an ONNX model that an `MLmodel` file describes; undefined if it describes another kind of model. Only the few
 * lines that MLflow itself writes are understood, and not all of YAML.
 */
export function onnxFileOf(mlmodel: string): string | undefined {
  const [, flavor = ""] = /^ {2}onnx:\r?\n((?: {3,}.*(?:\r?\n|$))*)/m.exec(mlmodel) ?? [];
  const { quoted, plain } =
    /^ {4}data: *(?:(["'])(?<quoted>.*)\1|(?<plain>[^"'#\s].*?)) *\r?$/m.exec(flavor)?.groups ?? {};
  const file = quoted ?? plain;
  return file === undefined || file.startsWith("/") || file.split("/").includes("..") ? undefined : file;
}
