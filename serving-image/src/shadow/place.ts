import { networkInterfaces } from "node:os";
import type { LiveServers } from "./live-servers";

/** How often it is looked up who is live: a shadow comes and goes with a release. */
const LOOK_EVERY_MS = 5000;

/** Where this server listens. */
export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Whether this server is in the shadow of others: live ones are there, and it is none of them. Thus every version can have
 * the same settings, whether it is live, in the shadow, or one of many today.
 */
export class Place {
  isShadow = false;

  constructor(
    private readonly live: LiveServers,
    private readonly own: OwnAddress,
  ) {
    void this.look();
    setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  private async look(): Promise<void> {
    // A name that nobody has given means that nobody is live in this sense; so does one that cannot be looked up now.
    const addresses = await this.live.addresses().catch(() => []);
    this.isShadow = addresses.length > 0 && !addresses.some((address) => this.isOwn(address));
  }

  private isOwn(address: string): boolean {
    const { host, port } = this.own;
    return port === this.live.port && (ANY_HOST.has(host) ? ownAddresses() : [host]).includes(address);
  }
}

const ANY_HOST = new Set(["0.0.0.0", "::"]);

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
