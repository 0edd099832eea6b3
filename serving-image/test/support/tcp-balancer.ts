import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";

/** One address for several servers, like that of a Kubernetes Service: connections are balanced round-robin. */
export class TcpBalancer {
  private readonly server: Server;
  private next = 0;

  private constructor(private ports: readonly number[]) {
    this.server = createServer((socket) => {
      const port = this.ports[this.next++ % this.ports.length];
      if (port === undefined) return void socket.destroy();
      const behind = connect(port, "127.0.0.1");
      for (const end of [socket, behind]) end.on("error", () => undefined);
      socket.pipe(behind).pipe(socket);
    });
  }

  static async open(...ports: number[]): Promise<TcpBalancer> {
    const balancer = new TcpBalancer(ports);
    balancer.server.listen(0, "127.0.0.1");
    await once(balancer.server, "listening");
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Routes new connections to these ports. */
  routeTo(...ports: number[]): void {
    this.ports = ports;
  }

  close(): void {
    this.server.close();
  }
}
