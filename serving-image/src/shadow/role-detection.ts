import { networkInterfaces } from "node:os";
import type { LiveServers } from "./live-servers";

/** How often the role is detected: a server may become live, or a shadow, with every release. */
const DETECT_EVERY_MS = 5000;

/** Where this server listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Detects whether this server is a shadow: there are live servers, and it is not one of them. Every version can therefore
 * have the same settings, whether it is live or a shadow at the moment.
 */
export class RoleDetector {
  isShadow = false;

  constructor(
    private readonly live: LiveServers,
    private readonly own: ListenAddress,
  ) {
    void this.detect();
    setInterval(() => void this.detect(), DETECT_EVERY_MS).unref();
  }

  private async detect(): Promise<void> {
    // If the name does not exist or cannot be resolved, no server counts as live.
    const addresses = await this.live.addresses().catch(() => []);
    this.isShadow = addresses.length > 0 && !addresses.some((address) => this.isOwn(address));
  }

  private isOwn(address: string): boolean {
    const { host, port } = this.own;
    return port === this.live.port && (ANY_HOST.has(host) ? localAddresses() : [host]).includes(address);
  }
}

const ANY_HOST = new Set(["0.0.0.0", "::"]);

const localAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
