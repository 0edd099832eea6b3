import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves bytes by path over HTTP, as a file server or an S3 bucket does; what is not there is 404. */
export class FileServer {
  readonly asked: string[] = [];
  private readonly server: Server;

  private constructor(files: Readonly<Record<string, Buffer>>) {
    this.server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      this.asked.push(path);
      // Taken and never answered: the file stays on its way.
      if (path.startsWith("/stalled")) return;
      const file = files[path.replace("/cut", "")];
      if (!file) return void response.writeHead(404).end();
      response.writeHead(200, { "content-length": file.length });
      if (!path.startsWith("/cut")) return void response.end(file);
      response.write(file.subarray(0, file.length / 2), () => response.destroy());
    });
  }

  static async start(files: Readonly<Record<string, Buffer>>): Promise<FileServer> {
    const started = new FileServer(files);
    started.server.listen(0, "127.0.0.1");
    await once(started.server, "listening");
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
