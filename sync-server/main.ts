// What node is started with. Compiled code is kept between starts, which halves the time until the relay serves; that has to
// be asked for before anything is loaded.

import { enableCompileCache } from "node:module";
import { setFlagsFromString } from "node:v8";

// New objects get one small space until there is load (young-generation.ts). It would grow with the first thousand sign-ins and never give the memory back.
setFlagsFromString("--semi-space-growth-factor=1");
// What a rush of sign-ins left is given back a second after it instead of eight.
setFlagsFromString("--gc-memory-reducer-start-delay-ms=1000");
enableCompileCache();
await import("./commands/command-line.ts");
