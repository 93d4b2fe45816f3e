// What node is started with. Compiled code is kept between starts, which halves the time until the relay serves; that has to
// be asked for before anything is loaded.

import { enableCompileCache } from "node:module";

enableCompileCache();
await import("./commands/command-line.ts");
