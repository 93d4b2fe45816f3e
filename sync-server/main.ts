// What node is started with. Compiled code is kept between starts, which halves the time until the relay serves; that has to
// be asked for before anything is loaded.

import { enableCompileCache, flushCompileCache, getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { setFlagsFromString } from "node:v8";

// New objects get one small space until there is load (young-generation.ts). It would grow with the first thousand sign-ins and never give the memory back.
setFlagsFromString("--semi-space-growth-factor=1");
// What a rush of sign-ins left is given back a second after it instead of eight.
setFlagsFromString("--gc-memory-reducer-start-delay-ms=1000");
enableCompileCache();
// Threads look for it here: each would compile its part, and load the compiler first, while the log is being read.
const cache = getCompileCacheDir();
// oxlint-disable-next-line node/no-process-env -- the only way to tell a thread
if (cache !== undefined) process.env["NODE_COMPILE_CACHE"] ??= dirname(cache);
await import("./commands/command-line.ts");
// Written now and not at the end: a process that is killed has no end, and would start as slowly again.
flushCompileCache();
