/** How strict the guardrails are: production asks for evidence, pinned artifacts and at least two replicas. */
export const Environment = {
  /** No evidence and no pinned artifacts are asked for. */
  Development: "development",
  /** As in development: a place to try what production will be given. */
  Staging: "staging",
  /** Evidence, artifacts pinned by digest, and at least two replicas. */
  Production: "production",
} as const;
export type Environment = (typeof Environment)[keyof typeof Environment];
