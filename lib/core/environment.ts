/** How strict the guardrails are: production asks for evidence, pinned artifacts and at least two replicas. */
export const Environment = { Development: "development", Staging: "staging", Production: "production" } as const;
export type Environment = (typeof Environment)[keyof typeof Environment];
