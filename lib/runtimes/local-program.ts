/** What a server finds on one machine in place of what its cluster provides. */
export interface LocalEnvironment {
  /** Address to listen on. */
  readonly host: string;
  /** HTTP port to listen on. */
  readonly port: number;
  /** URI of the model file. */
  readonly modelUri: string;
  /** URI of recorded requests, to warm the model up with. */
  readonly samplesUri: string;
  /** All servers of a rollout sign their predictions with it, so that each recognizes feedback on the predictions of any. */
  readonly feedbackSecret: string;
  /** URL of the live version's server, for a server that compares its predictions with those of the live version. */
  readonly liveUrl?: string;
  /** The folder or file on this machine that stands for one in the container. */
  localPath(containerPath: string): string;
}

/** The program of the container's image, for Node to run on one machine. */
export interface LocalProgram {
  /** Name of the npm package that it is part of. */
  readonly package: string;
  /** Its path in the package. */
  readonly entry: string;
  /** Environment variables by which the server follows the local environment; they override the container's. */
  env(local: LocalEnvironment): Readonly<Record<string, string>>;
  /**
   * The text of a file of the container for a clock that runs `speed` times faster: times in it that belong to the
   * rollout pass faster as well. By default files stay as they are.
   */
  fileOnFasterClock?(path: string, text: string, speed: number): string;
}
