// Projects one large document at a time, in a thread that may be ended when one never ends.

import { parentPort } from "node:worker_threads";
import { createShadows, type ProjectionRequest } from "./shadows.ts";

const SHADOW_BYTES = 4 * 1024 * 1024;

const shadows = createShadows(SHADOW_BYTES);

parentPort?.on("message", (request: ProjectionRequest) => parentPort?.postMessage(shadows.project(request)));
