/**
 * Loaded into every server before its own code. The channel closes when the parent process is gone, even if it was killed
 * outright; the server then ends as well.
 */
process.once("disconnect", () => process.exit(1));
process.channel?.unref();
