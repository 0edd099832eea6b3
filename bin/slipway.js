#!/usr/bin/env node
void require("../dist/lib/cli/main").main(process.argv.slice(2));
