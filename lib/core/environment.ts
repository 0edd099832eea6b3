/** How strict the guardrails are: production requires evidence, pinned artifacts and at least two replicas. */
export const Environment = {
  /** Evidence and pinned artifacts are not required. */
  Development: "development",
  /** Missing evidence and unpinned artifacts are warnings. */
  Staging: "staging",
  /** Evidence, artifacts pinned by digest, and at least two replicas. */
  Production: "production",
} as const;
export type Environment = (typeof Environment)[keyof typeof Environment];
