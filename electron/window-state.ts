// Where the window was: kept between starts, and never off every screen.

import type { Settings } from "./settings-file.ts";

export type Area = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type WindowState = NonNullable<Settings["window"]>;

export const MINIMUM_SIZE = { width: 360, height: 560 } as const;
const DEFAULT_STATE: WindowState = { width: 1280, height: 840, maximized: false };

const overlaps = (state: WindowState, area: Area): boolean =>
  state.x !== undefined &&
  state.y !== undefined &&
  state.x < area.x + area.width - 80 &&
  state.x + state.width > area.x + 80 &&
  state.y < area.y + area.height - 80 &&
  state.y >= area.y;

/** The remembered state, with its position dropped when the screen it was on is gone. */
export function restoreWindowState(kept: WindowState | undefined, screens: readonly Area[]): WindowState {
  const state = kept ?? DEFAULT_STATE;
  const size = {
    width: Math.max(MINIMUM_SIZE.width, Math.round(state.width)),
    height: Math.max(MINIMUM_SIZE.height, Math.round(state.height)),
    maximized: state.maximized,
  };
  const { x, y } = state;
  return x !== undefined && y !== undefined && screens.some((screen) => overlaps(state, screen))
    ? { ...size, x, y }
    : size;
}
