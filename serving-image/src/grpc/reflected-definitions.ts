import type { PackageDefinition } from "@grpc/proto-loader";
import { FileDescriptorProto, type IDescriptorProto, type IFileDescriptorProto } from "protobufjs/ext/descriptor";

/**
 * The definitions with the names that Protocol Buffers prescribe for the entries of maps: `ParametersEntry` for the field
 * `parameters`. protobufjs names the entry like the field, and strict clients such as grpcurl reject that descriptor.
 */
export function reflectedDefinitions(definitions: PackageDefinition): PackageDefinition {
  const files = new Map<Buffer, Buffer>();
  const correctOnce = (bytes: Buffer): Buffer => {
    const corrected = files.get(bytes) ?? correct(bytes);
    files.set(bytes, corrected);
    return corrected;
  };
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const { fileDescriptorProtos } = definition;
      // A service has methods instead of files.
      if (!Array.isArray(fileDescriptorProtos)) return [name, definition];
      return [name, { ...definition, fileDescriptorProtos: fileDescriptorProtos.map(correctOnce) }];
    }),
  );
}

function correct(bytes: Buffer): Buffer {
  const file: IFileDescriptorProto = FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes));
  for (const message of file.messageType ?? []) renameEntries(message);
  return Buffer.from(FileDescriptorProto.encode(FileDescriptorProto.fromObject(file)).finish());
}

function renameEntries(message: IDescriptorProto): void {
  const nested = message.nestedType ?? [];
  for (const entry of nested.filter(({ options }) => options?.mapEntry)) {
    const field = message.field?.find(({ typeName }) => lastPartOf(typeName) === entry.name);
    if (!field?.name || field.typeName === undefined) continue;
    entry.name = entryNameOf(field.name);
    field.typeName = field.typeName.replace(/[^.]*$/, entry.name);
  }
  for (const inner of nested) renameEntries(inner);
}

function lastPartOf(typeName = ""): string {
  return typeName.slice(typeName.lastIndexOf(".") + 1);
}

/** As protoc derives it: the field's name in camel case, with a capital, and `Entry`. */
function entryNameOf(field: string): string {
  return `${field.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()).replaceAll("_", "")}Entry`;
}
