// Runs sandboxed before the page: exposes exactly one API.

import { contextBridge, ipcRenderer } from "electron";
import { createBridgeClient } from "./bridge-client.ts";

contextBridge.exposeInMainWorld("desktop", createBridgeClient(ipcRenderer));
