const ENVIRONMENT = { ...process.env };

/** Restores the environment variables that a test has set, changed or deleted. */
export function restoreEnvironment(): void {
  for (const name of Object.keys(process.env)) if (!(name in ENVIRONMENT)) delete process.env[name];
  Object.assign(process.env, ENVIRONMENT);
}
