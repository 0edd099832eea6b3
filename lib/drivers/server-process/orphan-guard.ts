/**
 * Loaded into every server before its own code: ends the server when the rehearsal that started it is gone without a
 * word, killed outright. The channel closes then.
 */
process.once("disconnect", () => process.exit(1));
process.channel?.unref();
